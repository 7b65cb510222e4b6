import FlatlineExperiments
import FlatlineTestSupport
import Foundation
import Testing

/// The page in a real browser. With FLATLINE_SCREENSHOTS=DIRECTORY its pictures are left there to be looked at.
@Suite(.enabled(if: Browser.program != nil, "no chromium: Tests/run installs it"))
struct BrowserTests {
  @Test func pageOpensFromDiskWithoutAnError() throws {
    let directory = try TemporaryDirectory()
    let page = try directory.write(LabPage(SampleReport.make()).html, to: "lab.html")
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
    _ = try directory.write(LabPage(SampleReport.make()).html, to: "lab.html")
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

  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["FLATLINE_SCREENSHOTS"] != nil, "no FLATLINE_SCREENSHOTS"))
  func screenshots() throws {
    let target = try #require(ProcessInfo.processInfo.environment["FLATLINE_SCREENSHOTS"])
    let directory = try TemporaryDirectory()
    try LabPage(SampleReport.make()).html.write(
      toFile: "\(target)/lab.html", atomically: true, encoding: .utf8)
    for (name, options) in [
      ("light-1280", ["--window-size=1280,3000"]),
      (
        "dark-1280",
        ["--window-size=1280,3000", "--force-dark-mode", "--blink-settings=preferredColorScheme=0"]
      ),
    ] {
      _ = try Browser.visit(
        "\(target)/lab.html", in: directory, ["--screenshot=\(target)/\(name).png"] + options)
    }
  }
}
