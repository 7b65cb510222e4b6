/// A part of a printed text, for the colours of a terminal.
package enum TextPart: Hashable, Sendable {
  /// The time at the start of a line.
  case time
  /// The kind of a verdict's line.
  case heading
  /// Which way a detector leans.
  case leaning(Leaning)
  /// A verdict.
  case verdict(Verdict)
  /// Raw facts behind evidence.
  case facts
}

/// Marks a part of a printed text. The printed values are padded before they are marked.
package typealias TextMarks = (_ text: String, _ part: TextPart) -> String

/// Marks nothing, as in `description`.
package func unmarked(_ text: String, _ part: TextPart) -> String { text }
