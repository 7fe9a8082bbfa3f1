package dev.torc.show;

import dev.torc.engine.Event;
import dev.torc.engine.JobState;
import dev.torc.posix.WholeFile;
import dev.torc.text.Amount;
import dev.torc.text.SafeText;
import dev.torc.text.TimeText;
import dev.torc.workflow.InstanceName;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Remembers what became of each job, for a file of JUnit XML that programs of continuous
 * integration read. What became of torc itself, where that is the trouble, is a case too. The form
 * is that which Jenkins, GitLab and the actions for GitHub read: a suite for the build, a case for
 * each job. It has no standard; {@code testdata/junit.xsd} has what all of them take.
 */
public final class JunitReport implements Report {

  /** The case that stands for torc itself. */
  static final String TORC = "torc";

  private static final double SECOND = 1e9;
  private static final int WITHOUT_FRACTION = "2026-11-22T10:01:02".length();

  /** So many lines of torc's own errors are kept. */
  private static final int LINES = 20;

  /**
   * What became of a job, or of torc.
   *
   * @param details with command and log of a job where they say what is wrong, or are wanted
   * @param isTorc whether it is torc's case, and no job's
   */
  record Case(String name, JobState state, Event.Details details, boolean isTorc) {}

  private final long begun;
  private final List<Case> cases = new ArrayList<>();
  private final Set<String> running = new LinkedHashSet<>();
  private final List<String> said = new ArrayList<>();
  private Event.Started started;
  private Event.Finished finished;
  private int exit = -1;

  /**
   * Begins.
   *
   * @param begun moment of the build's begin, in milliseconds since 1970
   */
  public JunitReport(long begun) {
    this.begun = begun;
  }

  @Override
  public void accept(Event event) {
    switch (event) {
      case Event.Started first -> started = first;
      case Event.JobStarted job -> running.add(job.job());
      case Event.JobEnded ended -> {
        running.remove(ended.job());
        cases.add(
            new Case(ended.job(), ended.state(), kept(ended.state(), ended.details()), false));
      }
      case Event.Note note -> {
        if (note.level() == Event.Level.ERROR) {
          say(SafeText.line(note.text()));
        }
      }
      case Event.Finished last -> finished = last;
      default -> {}
    }
  }

  /** Of a large project nearly all are up to date: these have nothing that is worth its place. */
  private static Event.Details kept(JobState state, Event.Details of) {
    boolean logged = of.log() != null && (state != JobState.RAN || of.log().wanted());
    String command = state == JobState.FAILED ? of.command() : "";
    return new Event.Details(of.what(), command, logged ? of.log() : null, of.wall(), -1, -1);
  }

  private void say(String line) {
    if (said.size() < LINES) {
      said.add(line);
    }
  }

  /** The build came to its end, with an exit status. */
  public void ended(int status) {
    exit = status;
  }

  /**
   * It did not.
   *
   * @param lines what torc says of that, harmless; none where the terminal was gone
   */
  public void broken(List<String> lines) {
    lines.forEach(this::say);
  }

  /**
   * Writes the file, whole or not at all; called once, at the end.
   *
   * @param file absolute
   */
  public void write(Path file) throws IOException {
    for (String job : running) {
      cases.add(new Case(job, JobState.INTERRUPTED, details("torc ended before it"), false));
    }
    if (exit != 0 && cases.stream().noneMatch(JunitReport::isBad)) {
      String ended = exit < 0 ? "torc was ended" : "torc ended with status " + exit;
      String what = said.isEmpty() ? ended : said.getFirst();
      cases.add(new Case(TORC, JobState.INTERRUPTED, details(what), true));
    }
    WholeFile.write(file, this::xml);
  }

  private static boolean isBad(Case of) {
    return of.state == JobState.FAILED || of.state == JobState.INTERRUPTED;
  }

  private static Event.Details details(String what) {
    return new Event.Details(what, "", null, 0, -1, -1);
  }

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

  private void xml(Writer out) throws IOException {
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
    return name == null ? TORC : SafeText.name(name.toString());
  }

  private List<String> counts(String name) {
    List<String> counts = new ArrayList<>(List.of("name", name, "tests", "" + cases.size()));
    counts.addAll(List.of("failures", "" + count("failure"), "errors", "" + count("error")));
    counts.addAll(List.of("time", seconds(finished == null ? 0 : finished.nanos())));
    return counts;
  }

  private long count(String kind) {
    return cases.stream().filter(each -> kind(each.state).equals(kind)).count();
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

  private Element element(Case of) {
    List<Element> inside = new ArrayList<>();
    String kind = kind(of.state);
    if (!kind.isEmpty()) {
      List<String> said = new ArrayList<>(List.of("message", message(of)));
      if (!kind.equals("skipped")) {
        said.addAll(List.of("type", of.isTorc ? TORC : Json.lower(of.state)));
      }
      inside.add(new Element(kind, said, text(of)));
    }
    String output =
        switch (of.state) {
          case UP_TO_DATE -> "up to date, not run\n";
          case RESTORED -> "restored, not run\n";
          default -> output(of);
        };
    if (!output.isEmpty()) {
      inside.add(new Element("system-out", List.of(), output));
    }
    String group = InstanceName.parse(of.name).group();
    String suite = group.equals(of.name) ? suite() : suite() + "." + SafeText.name(group);
    List<String> about = new ArrayList<>(List.of("name", SafeText.name(of.name)));
    about.addAll(List.of("classname", suite));
    if (of.details.wall() >= 0) {
      about.addAll(List.of("time", seconds(of.details.wall())));
    }
    return new Element("testcase", about, inside);
  }

  private static String message(Case of) {
    String what = of.details.what();
    return switch (of.state) {
      case BLOCKED -> "blocked" + (what.isEmpty() ? "" : " by " + SafeText.name(what));
      case SUBMITTED -> "submitted: it is still out";
      case NOT_REACHED -> "not reached: the build ended before its turn";
      case INTERRUPTED ->
          what.isEmpty() || what.equals("interrupted")
              ? "interrupted after " + Amount.time(of.details.wall())
              : SafeText.line(what);
      default -> SafeText.line(what);
    };
  }

  private String text(Case of) {
    if (of.isTorc) {
      return said.isEmpty() ? "" : String.join("\n", said) + "\n";
    }
    StringBuilder out = new StringBuilder();
    of.details
        .command()
        .lines()
        .forEach(line -> out.append("command: ").append(SafeText.line(line)).append('\n'));
    if (of.details.log() != null) {
      out.append("log: ")
          .append(LogExcerpt.shown(of.details.log().file(), started.root()))
          .append('\n');
    }
    return out.toString();
  }

  /** The first and last lines of a job's output. */
  private static String output(Case of) {
    Event.Log log = of.details.log();
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
