// One import gives an app the core, every built-in detector and the named policies.
@_exported import FlatlineActivity
@_exported import FlatlineCore
@_exported import FlatlineEpoll
@_exported import FlatlineEstimating
@_exported import FlatlineExplaining
@_exported import FlatlineHeartbeat
@_exported import FlatlineICMP
@_exported import FlatlineKeepalive
@_exported import FlatlineLink
@_exported import FlatlinePolicyFiles
@_exported import FlatlineProgress
@_exported import FlatlineSocketDiag
@_exported import FlatlineTCPInfo
@_exported import FlatlineUserTimeout
