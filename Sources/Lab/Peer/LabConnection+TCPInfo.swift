import FlatlineCore

extension LabConnection {
  /// TCP_INFO of the client's socket.
  func tcpInfo() throws(LabError) -> TCPInfo {
    do throws(FlatlineCore.Errno) {
      return try LiveSocketAccess().tcpInfo(descriptor)
    } catch {
      throw .systemCall("TCP_INFO", error)
    }
  }
}
