import FlatlineCore
import FlatlineTestSupport
import Glibc
import Testing

@testable import FlatlineLab

/// Where the kernel allows no namespaces, one line says what to enable.
struct NamespaceAdviceTests {
  private let refusal = Errno(rawValue: EPERM)

  @Test func theSettingInTheWayIsNamed() {
    let cases: [(setting: String, value: Int, advice: String)] = [
      ("user.max_user_namespaces", 0, "sysctl -w user.max_user_namespaces=15000"),
      ("kernel.unprivileged_userns_clone", 0, "sysctl -w kernel.unprivileged_userns_clone=1"),
      (
        "kernel.apparmor_restrict_unprivileged_userns", 1,
        "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
      ),
    ]
    for each in cases {
      let text = NamespaceAdvice.text(refusal) { $0 == each.setting ? each.value : nil }
      #expect(text.contains(each.advice), "\(text)")
      #expect(!text.contains("\n"))
    }
  }

  @Test func withoutSuchASettingItIsTheContainer() {
    let text = NamespaceAdvice.text(refusal) { _ in nil }
    #expect(text.contains("CAP_SYS_ADMIN"))
    #expect(text.contains("Operation not permitted"))
  }

  @Test func otherErrorsAreToldAsTheyAre() {
    #expect(
      NamespaceAdvice.error(Errno(rawValue: ENOMEM), step: 1)
        == .systemCall("making namespaces", Errno(rawValue: ENOMEM)))
  }

  /// A kernel that really refuses: a user namespace in which nobody may make networks, and one in which nobody
  /// may make user namespaces.
  @Test(arguments: ["max_net_namespaces", "max_user_namespaces"])
  func aRefusalIsOneLineThatSaysWhatToEnable(_ setting: String) throws {
    let refuse =
      "echo 0 > /proc/sys/user/\(setting) && exec setpriv --bounding-set -all --inh-caps -all \"$0\""
    let process = try ChildProcess("unshare", ["-Ur", "sh", "-c", refuse, BuiltProgram.path("LabProbe")])
    #expect(try process.waitForExit() == .exited(1))
    let lines = process.lines.map(\.text)
    #expect(lines.count == 1)
    #expect(lines.first?.contains("run `sysctl -w user.\(setting)=15000` as root") == true, "\(lines)")
  }
}
