package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;

/** {@code --junit}: what became of the jobs, as programs of continuous integration read it. */
class JunitTest {

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void aProject() {
    folder = new Folder(cwd);
  }

  /** Reads the file; fails the test where the schema does not accept it. */
  private Document read(String file) throws Exception {
    String text = folder.get(file);
    SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
        .newSchema(Path.of("testdata/junit.xsd").toFile())
        .newValidator()
        .validate(new StreamSource(new StringReader(text)));
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(text)));
  }

  private static List<Element> all(Document report, String name) {
    List<Element> found = new ArrayList<>();
    for (int i = 0; i < report.getElementsByTagName(name).getLength(); i++) {
      found.add((Element) report.getElementsByTagName(name).item(i));
    }
    return found;
  }

  /** Each case with the element that says what is wrong, and what it printed. */
  private static List<String> cases(Document report) {
    List<String> cases = new ArrayList<>();
    for (Element each : all(report, "testcase")) {
      StringBuilder text =
          new StringBuilder(each.getAttribute("classname").replaceFirst("^[^.]*", "…"));
      text.append(' ').append(each.getAttribute("name")).append(':');
      for (Node in = each.getFirstChild(); in != null; in = in.getNextSibling()) {
        if (in instanceof Element child) {
          text.append(' ').append(child.getTagName());
          text.append(child.hasAttribute("message") ? " " + child.getAttribute("message") : "");
          text.append(
              child.getTagName().equals("system-out") ? " " + child.getTextContent().strip() : "");
        }
      }
      cases.add(text.toString());
    }
    return cases.stream().sorted().toList();
  }

  private static String counts(Document report) {
    Element suite = all(report, "testsuite").getFirst();
    return suite.getAttribute("tests")
        + " "
        + suite.getAttribute("failures")
        + " "
        + suite.getAttribute("errors")
        + " "
        + suite.getAttribute("skipped");
  }

  @Test
  void eachJobIsACase() throws Exception {
    folder.put(
        "torc.yaml",
        """
        jobs:
          good: { command: "echo quiet; touch good", produces: good }
          loud: { command: "echo aloud; touch loud", produces: loud, output: always }
          train: { parameters: { lr: [0.1] }, command: "touch {lr}", produces: "{lr}" }
          bad: { command: "echo oh; exit 4", produces: b }
          reader: { command: "cat b", needs: b }
          flaky: { command: "test {attempt} = 3", retries: 3 }
        """);
    Run run = folder.run("build", "--junit", "made/here/report.xml");
    assertEquals(1, run.exit());
    Document report = read("made/here/report.xml");
    assertEquals(
        List.of(
            "… bad: failure exit 4 system-out oh",
            "… flaky: flakyFailure exit 1 flakyFailure exit 1",
            "… good:",
            "… loud: system-out aloud",
            "… reader: skipped blocked by bad",
            "….train train/lr=0.1:"),
        cases(report));
    assertEquals("6 1 0 1", counts(report));
    Element failure = all(report, "failure").getFirst();
    assertEquals("command: echo oh; exit 4\nlog: .torc/logs/bad.log\n", failure.getTextContent());
    assertEquals("failed", failure.getAttribute("type"));
    assertEquals(
        cwd.getFileName().toString(), all(report, "testsuite").getFirst().getAttribute("name"));
  }

  @Test
  void upToDateJobsPassAndSaySo() throws Exception {
    folder.chain().settle();
    Run run = folder.run("build", "-q", "--junit=report.xml");
    assertEquals(
        "3 jobs: 0 ran, 3 up to date, 0 failed in", run.err().replaceFirst(" [0-9.]+ s\n", ""));
    assertEquals(
        List.of(
            "… first: system-out up to date, not run",
            "… second: system-out up to date, not run",
            "… third: system-out up to date, not run"),
        cases(read("report.xml")));
    assertTrue(folder.opensNothing("build", "--junit=report.xml"), "it costs the no-op");
  }

  /** Characters that XML forbids, and characters that have a meaning in XML. */
  @Test
  void withAnyNameOrLogTheFileIsXml() throws Exception {
    folder.put(
        "torc.json",
        """
        {"jobs": [
          {"name": "a <&>\\" ]]> 😀 \\u0001 \\ufffe \\n b", "command":
            "printf '\\\\033[31m]]>\\\\0\\\\001 <b>&amp; \\\\357\\\\277\\\\276 \\\\377'; exit 1"}]}
        """);
    assertEquals(1, folder.run("build", "--junit=report.xml").exit());
    assertEquals(
        List.of(
            "… $'a <&>\" ]]> 😀 \\x01 \\ufffe \\n b': failure exit 1"
                + " system-out ]]>\\x00\\x01 <b>&amp; \\ufffe \ufffd"),
        cases(read("report.xml")));
  }

  @Test
  void aRefusalIsAnErrorOfTorc() throws Exception {
    folder
        .put("torc.yaml", "jobs: { a: { comand: x } }\n")
        .put("report.xml", "of an earlier build");
    Run run = folder.run("build", "--junit", "report.xml");
    assertEquals(2, run.exit());
    Document report = read("report.xml");
    assertEquals(List.of("… torc: error " + run.err().strip()), cases(report));
    assertEquals("1 0 1 0", counts(report));
    assertEquals(List.of("report.xml", "torc.yaml"), names());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(cwd)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  /** A hook is no job: where it fails the build, the error is told as one of torc. */
  @Test
  void aFailureOutsideOfJobsIsAnErrorOfTorc() throws Exception {
    folder.put(
        "torc.yaml",
        """
        jobs: { a: { command: "touch a", produces: a } }
        hooks: [ { on: finish, command: "exit 7", required: true } ]
        """);
    assertEquals(1, folder.run("build", "--junit", "report.xml").exit());
    List<String> cases = cases(read("report.xml"));
    assertEquals("… a:", cases.getFirst());
    assertTrue(
        cases.getLast().startsWith("… torc: error ") && cases.getLast().contains("exit 7"),
        cases.toString());
  }
}
