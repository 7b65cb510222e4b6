import FlatlineExperiments
import FlatlineTestSupport
import Foundation
import Testing

/// The page in a real browser. With FLATLINE_SCREENSHOTS=DIRECTORY its pictures are left there to be looked at.
@Suite(.enabled(if: Browser.program != nil, "no chromium: Tests/run installs it"))
struct BrowserTests {
  @Test func pageOpensFromDiskWithoutAnError() throws {
    let directory = try TemporaryDirectory()
    let page = try directory.write(SampleReport.page, to: "lab.html")
    let visit = try Browser.visit(page, in: directory, ["--dump-dom"])
    #expect(visit.console == [])
    // The script ran to its end: it shows the switch and the filter, and makes one cell the way into the table.
    #expect(visit.document.contains("aria-label=\"Switch to dark colours\""))
    #expect(visit.document.components(separatedBy: "tabindex=\"0\" data-wrong").count <= 2)
    #expect(visit.document.contains("&lt;lab&gt;.html"))
  }

  /// The window is a frame of that width: headless browsers do not make windows as narrow as phones.
  @Test(arguments: [390, 1280])
  func nothingIsWiderThanTheScreen(_ width: Int) throws {
    let directory = try TemporaryDirectory()
    _ = try directory.write(SampleReport.page, to: "lab.html")
    let frame = try directory.write(
      """
      <!doctype html><title>frame</title><body><iframe src="lab.html" style="width:\(width)px;height:900px;border:0"
      onload="var d=this.contentDocument.documentElement;
      document.title='widths '+d.scrollWidth+' of '+d.clientWidth+' in '+this.contentWindow.innerWidth"></iframe>
      """, to: "frame.html")
    let visit = try Browser.visit(frame, in: directory, ["--dump-dom", "--window-size=1600,1000"])
    let title = visit.document.firstMatch(of: /widths (\d+) of (\d+) in (\d+)/)
    let found = try #require(title, "\(visit.document.prefix(300))")
    #expect(found.3 == "\(width)")
    #expect(found.1 == found.2, "the page scrolls sideways: \(found.0)")
  }

  /// Light and dark, wide and narrow. What is seen is for people to judge; here, that there is something to see.
  @Test func picturesCanBeTaken() throws {
    let directory = try TemporaryDirectory()
    let html = SampleReport.page
    let dark = html.replacing("<html lang=\"en\">", with: "<html lang=\"en\" data-theme=\"dark\">")
    try directory.write(html, to: "light.html")
    try directory.write(dark, to: "dark.html")
    for theme in ["light", "dark"] {
      for width in [1280, 390] {
        let frame = try directory.write(
          """
          <!doctype html><body style="margin:0"><iframe src="\(theme).html"
          style="width:\(width)px;height:3000px;border:0"></iframe>
          """, to: "frame.html")
        let picture = "\(directory.path)/\(theme)-\(width).png"
        _ = try Browser.visit(
          frame, in: directory, ["--window-size=\(width),3000", "--screenshot=\(picture)"])
        let size = try FileManager.default.attributesOfItem(atPath: picture)[.size] as? Int
        #expect(size ?? 0 > 50_000, "\(theme), \(width)")
        guard let target = ProcessInfo.processInfo.environment["FLATLINE_SCREENSHOTS"] else { continue }
        try Data(contentsOf: URL(fileURLWithPath: picture))
          .write(to: URL(fileURLWithPath: "\(target)/\(theme)-\(width).png"))
      }
    }
  }
}
