import FlatlineTestSupport

/// The plug-in of `Examples/Plugins` that speaks memcached's protocol.
enum MemcachedPlugin {
  private static let directory = Result { try TemporaryDirectory() }

  /// The shared library, made once.
  static let path: Result<String, any Error> = directory.flatMap { directory in
    Result { try CLibrary.build("Examples/Plugins/C/memcached.c", in: directory) }
  }
}
