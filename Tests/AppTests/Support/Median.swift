extension [Duration] {
  /// The middle one: what a delay is, apart from what the machine was doing besides.
  var median: Duration { sorted()[count / 2] }
}
