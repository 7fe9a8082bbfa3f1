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
import java.util.ArrayList;
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

  /**
   * An element on a line of its own.
   *
   * @param attributes names and values in turns; what XML has no place for in a value is escaped
   * @param inside elements on lines of their own, or one text; null for an empty element
   */
  private record Element(String name, List<String> attributes, Object inside) {
    void write(XMLStreamWriter xml, int depth) throws XMLStreamException {
      line(xml, depth);
      if (inside == null) {
        xml.writeEmptyElement(name);
      } else {
        xml.writeStartElement(name);
      }
      for (int i = 0; i < attributes.size(); i += 2) {
        xml.writeAttribute(attributes.get(i), clean(attributes.get(i + 1)));
      }
      if (inside instanceof List<?> elements) {
        for (Object each : elements) {
          ((Element) each).write(xml, depth + 1);
        }
        line(xml, depth);
      } else if (inside != null) {
        xml.writeCharacters(clean(inside.toString()));
      }
      if (inside != null) {
        xml.writeEndElement();
      }
    }

    private static void line(XMLStreamWriter xml, int depth) throws XMLStreamException {
      xml.writeCharacters("\n" + "  ".repeat(depth));
    }
  }

  void write(Writer out) throws IOException {
    List<String> suite = counts(suite());
    suite.addAll(4 * 2, List.of("skipped", Long.toString(count("skipped"))));
    suite.add("timestamp");
    suite.add(TimeText.iso(begun).substring(0, WITHOUT_FRACTION));
    List<Element> inside = new ArrayList<>();
    if (started != null) {
      inside.add(
          new Element(
              "properties",
              List.of(),
              List.of(
                  property("build", started.build().id()),
                  property("number", Long.toString(started.build().number())),
                  property("exit", exit < 0 ? "" : Integer.toString(exit)))));
    }
    cases.forEach(each -> inside.add(element(each)));
    Element all = new Element("testsuite", suite, inside);
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out);
      xml.writeStartDocument("UTF-8", "1.0");
      new Element("testsuites", counts("torc"), List.of(all)).write(xml, 0);
      xml.writeCharacters("\n");
      xml.writeEndDocument();
      xml.flush();
    } catch (XMLStreamException e) {
      throw e.getNestedException() instanceof IOException io
          ? io
          : new IOException(e.getMessage(), e);
    }
  }

  private static Element property(String name, String value) {
    return new Element("property", List.of("name", name, "value", value), null);
  }

  /** The root's folder; its name is what people call the project. */
  private String suite() {
    Path name = started == null ? null : started.root().getFileName();
    return name == null ? JunitReport.TORC : SafeText.name(name.toString());
  }

  private List<String> counts(String name) {
    List<String> counts = new ArrayList<>(List.of("name", name, "tests", "" + cases.size()));
    counts.addAll(List.of("failures", "" + count("failure"), "errors", "" + count("error")));
    counts.addAll(List.of("time", seconds(finished == null ? 0 : finished.nanos())));
    return counts;
  }

  private long count(String kind) {
    return cases.stream().filter(each -> kind(each.state()).equals(kind)).count();
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

  private Element element(JunitReport.Case of) {
    List<Element> inside = new ArrayList<>();
    String kind = kind(of.state());
    if (!kind.isEmpty()) {
      List<String> said = new ArrayList<>(List.of("message", message(of)));
      if (!kind.equals("skipped")) {
        said.addAll(List.of("type", of.isTorc() ? JunitReport.TORC : Json.lower(of.state())));
      }
      inside.add(new Element(kind, said, text(of)));
    }
    String output =
        switch (of.state()) {
          case UP_TO_DATE -> "up to date, not run\n";
          case RESTORED -> "restored, not run\n";
          default -> output(of);
        };
    if (!output.isEmpty()) {
      inside.add(new Element("system-out", List.of(), output));
    }
    String group = InstanceName.parse(of.name()).group();
    String suite = group.equals(of.name()) ? suite() : suite() + "." + SafeText.name(group);
    String time = seconds(of.details().wall());
    List<String> about =
        List.of("name", SafeText.name(of.name()), "classname", suite, "time", time);
    return new Element("testcase", about, inside);
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

  /** The first and last lines of a job's output. */
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
