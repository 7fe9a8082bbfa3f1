package dev.torc.show;

import dev.torc.engine.Event;
import dev.torc.engine.JobState;
import dev.torc.text.Amount;
import dev.torc.text.SafeText;
import dev.torc.text.TimeText;
import dev.torc.workflow.InstanceName;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * JUnit XML as Jenkins, GitLab and the actions for GitHub read it: a suite for the build, a case
 * for each job. The form has no standard; {@code testdata/junit.xsd} has what all of them take.
 *
 * @param started null where the build did not come so far
 * @param finished null likewise
 * @param begun milliseconds since 1970
 * @param exit torc's exit status, -1 where an error ended it
 * @param said what torc said went wrong, harmless
 */
record JunitXml(
    Event.Started started,
    Event.Finished finished,
    long begun,
    int exit,
    List<JunitReport.Case> cases,
    List<String> said) {

  private static final double SECOND = 1e9;
  private static final int WITHOUT_FRACTION = "2026-11-22T10:01:02".length();

  void write(Writer out) throws IOException {
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out);
      xml.writeStartDocument("UTF-8", "1.0");
      line(xml, 0);
      xml.writeStartElement("testsuites");
      counts(xml, "torc", false);
      line(xml, 1);
      xml.writeStartElement("testsuite");
      counts(xml, suite(), true);
      xml.writeAttribute("timestamp", TimeText.iso(begun).substring(0, WITHOUT_FRACTION));
      properties(xml);
      for (JunitReport.Case each : cases) {
        write(xml, each);
      }
      line(xml, 1);
      xml.writeEndElement();
      line(xml, 0);
      xml.writeEndElement();
      line(xml, 0);
      xml.writeEndDocument();
      xml.flush();
    } catch (XMLStreamException e) {
      throw e.getNestedException() instanceof IOException io
          ? io
          : new IOException(e.getMessage(), e);
    }
  }

  private static void line(XMLStreamWriter xml, int depth) throws XMLStreamException {
    xml.writeCharacters("\n" + "  ".repeat(depth));
  }

  /** The root's folder; its name is what people call the project. */
  private String suite() {
    Path name = started == null ? null : started.root().getFileName();
    return name == null ? JunitReport.TORC : clean(SafeText.name(name.toString()));
  }

  private void counts(XMLStreamWriter xml, String name, boolean skipped) throws XMLStreamException {
    xml.writeAttribute("name", name);
    xml.writeAttribute("tests", Integer.toString(cases.size()));
    xml.writeAttribute("failures", Long.toString(count("failure")));
    xml.writeAttribute("errors", Long.toString(count("error")));
    if (skipped) {
      xml.writeAttribute("skipped", Long.toString(count("skipped")));
    }
    xml.writeAttribute("time", seconds(finished == null ? 0 : finished.nanos()));
  }

  private long count(String kind) {
    return cases.stream().filter(each -> kind(each.state()).equals(kind)).count();
  }

  private void properties(XMLStreamWriter xml) throws XMLStreamException {
    if (started != null) {
      line(xml, 2);
      xml.writeStartElement("properties");
      property(xml, "build", started.build().id());
      property(xml, "number", Long.toString(started.build().number()));
      property(xml, "exit", exit < 0 ? "" : Integer.toString(exit));
      line(xml, 2);
      xml.writeEndElement();
    }
  }

  private static void property(XMLStreamWriter xml, String name, String value)
      throws XMLStreamException {
    line(xml, 3);
    xml.writeEmptyElement("property");
    xml.writeAttribute("name", name);
    xml.writeAttribute("value", value);
  }

  /** The element that says what is wrong; empty for a case that passed. */
  private static String kind(JobState state) {
    return switch (state) {
      case RAN, RESTORED, UP_TO_DATE -> "";
      case FAILED -> "failure";
      case INTERRUPTED -> "error";
      case BLOCKED, SUBMITTED, NOT_REACHED -> "skipped";
      case WAITING, READY, RUNNING -> throw new IllegalArgumentException("no end: " + state);
    };
  }

  private void write(XMLStreamWriter xml, JunitReport.Case of) throws XMLStreamException {
    line(xml, 2);
    xml.writeStartElement("testcase");
    xml.writeAttribute("name", clean(SafeText.name(of.name())));
    String group = InstanceName.parse(of.name()).group();
    xml.writeAttribute(
        "classname",
        group.equals(of.name()) ? suite() : suite() + "." + clean(SafeText.name(group)));
    xml.writeAttribute("time", seconds(of.details().wall()));
    String kind = kind(of.state());
    if (!kind.isEmpty()) {
      line(xml, 3);
      xml.writeStartElement(kind);
      xml.writeAttribute("message", clean(message(of)));
      if (!kind.equals("skipped")) {
        xml.writeAttribute("type", of.isTorc() ? JunitReport.TORC : Json.lower(of.state()));
      }
      xml.writeCharacters(clean(text(of)));
      xml.writeEndElement();
    }
    String output =
        switch (of.state()) {
          case UP_TO_DATE -> "up to date, not run\n";
          case RESTORED -> "restored, not run\n";
          default -> output(of);
        };
    if (!output.isEmpty()) {
      line(xml, 3);
      xml.writeStartElement("system-out");
      xml.writeCharacters(clean(output));
      xml.writeEndElement();
    }
    line(xml, 2);
    xml.writeEndElement();
  }

  private static String message(JunitReport.Case of) {
    String what = of.details().what();
    return switch (of.state()) {
      case BLOCKED -> "blocked" + (what.isEmpty() ? "" : " by " + SafeText.name(what));
      case SUBMITTED -> "submitted: it is still out";
      case NOT_REACHED -> "not reached: the build ended before its turn";
      case INTERRUPTED ->
          what.isEmpty() || what.equals("interrupted")
              ? "interrupted after " + Amount.time(of.details().wall())
              : SafeText.line(what);
      default -> SafeText.line(what);
    };
  }

  private String text(JunitReport.Case of) {
    if (of.isTorc()) {
      return said.isEmpty() ? "" : String.join("\n", said) + "\n";
    }
    StringBuilder out = new StringBuilder();
    of.details()
        .command()
        .lines()
        .forEach(line -> out.append("command: ").append(SafeText.line(line)).append('\n'));
    if (of.details().log() != null) {
      out.append("log: ")
          .append(LogExcerpt.shown(of.details().log().file(), started.root()))
          .append('\n');
    }
    return out.toString();
  }

  /** The first and last lines of what a job wrote. */
  private static String output(JunitReport.Case of) {
    Event.Log log = of.details().log();
    if (log == null) {
      return "";
    }
    List<String> lines = LogExcerpt.SHORT.orWhy(log.file(), log.from(), Palette.NONE);
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.3f", Math.max(0, nanos) / SECOND);
  }

  /** The text with what XML 1.0 has no place for as escapes that mean nothing to it. */
  private static String clean(String text) {
    return text.codePoints()
        .mapToObj(c -> isXml(c) ? Character.toString(c) : "\\u%04x".formatted(c))
        .collect(Collectors.joining());
  }

  /** Whether it is a Char of XML 1.0, section 2.2. */
  private static boolean isXml(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || c >= 0x20 && c <= 0xd7ff
        || c >= 0xe000 && c <= 0xfffd
        || c >= 0x10000;
  }
}
