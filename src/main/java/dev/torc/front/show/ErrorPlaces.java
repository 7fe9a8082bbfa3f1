package dev.torc.front.show;

import dev.torc.base.text.Palette;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the file and line that the output of a failed job blames, by the forms in which compilers,
 * checkers and interpreters write them. It does not decide which files count: the caller does.
 */
final class ErrorPlaces {

  /**
   * An error about a file; the characters from {@code start} to {@code end} of its line of output
   * are the place, without the file if another line names it.
   *
   * @param column null if it is not told
   */
  record Blamed(Path file, String line, String column, String message, int start, int end) {}

  /**
   * A form of a line. The place and the message may stand on a line before it, then {@code head} is
   * the form of that line.
   */
  private record Form(Pattern head, Pattern line) {
    static Form of(String line) {
      return new Form(null, Pattern.compile(line));
    }

    static Form of(String head, String line) {
      return new Form(Pattern.compile(head), Pattern.compile(line));
    }
  }

  private static final String AT = "(?<line>\\d+):(?<column>\\d+)";

  private static final List<Form> FORMS =
      List.of(
          // gcc, clang, javac, mypy
          Form.of(
              "(?<file>.+?):(?<line>\\d+)(?::(?<column>\\d+))?: (?:fatal )?error: (?<message>.+)"),
          // tsc, and tsc --pretty
          Form.of("(?<file>.+?)\\((?<line>\\d+),(?<column>\\d+)\\): error (?<message>.+)"),
          Form.of("(?<file>.+?):" + AT + " - error (?<message>.+)"),
          // go build, go vet
          Form.of("(?:vet: )?(?<file>\\S+\\.go):" + AT + ": (?<message>.+)"),
          // rustc
          Form.of("error(?:\\[\\w+\\])?: (?<message>.+)", "\\s*--> (?<file>.+?):" + AT),
          // eslint
          Form.of(
              "(?<file>[^\\s:].*)", "\\s+" + AT + "\\s+error\\s+(?<message>.+?)(?:\\s{2,}\\S+)?"));

  /** A frame of Python's traceback, in which the innermost one stands last. */
  private static final Pattern FRAME =
      Pattern.compile("\\s+File \"(?<file>.+)\", line (?<line>\\d+).*");

  /** The line behind the frames. */
  private static final Pattern RAISED = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_.]*(?:: .*)?");

  private final Function<String, Path> own;
  private final Matcher[] heads = new Matcher[FORMS.size()]; // the last one of each form
  private Blamed frame; // the last one of a traceback in a file that counts

  /**
   * @param own returns the file that a name in the output means; null if it does not count
   */
  ErrorPlaces(Function<String, Path> own) {
    this.own = own;
  }

  /** Returns the first error in the lines of an output that is about a file that counts. */
  Optional<Blamed> first(List<String> lines) {
    for (String line : lines) {
      Blamed found = orInForm(inTraceback(line), line);
      if (found != null) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  /** Returns the lines with links to the files in a folder, or elsewhere, that they name. */
  static List<String> linked(List<String> lines, Path folder) {
    ErrorPlaces places = new ErrorPlaces(name -> file(folder, name));
    return lines.stream().map(places::linked).toList();
  }

  private String linked(String line) {
    Blamed at = in(line);
    if (at == null) {
      return line;
    }
    String text = line.substring(at.start, at.end);
    String address = at.file.toUri() + "#" + at.line;
    return line.substring(0, at.start) + Palette.link(address, text) + line.substring(at.end);
  }

  /** Returns the regular file of a name in an output; null for none. */
  static Path file(Path folder, String name) {
    try {
      Path file = folder.resolve(name).normalize();
      return Files.isRegularFile(file) ? file : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** Returns the place in the next line of an output, also of a frame; null for none. */
  Blamed in(String line) {
    return orInForm(frame(FRAME.matcher(line)), line);
  }

  private Blamed orInForm(Blamed frame, String line) {
    Blamed found = frame;
    for (int form = 0; form < FORMS.size() && found == null; form++) {
      found = found(form, line);
    }
    return found;
  }

  private Blamed found(int form, String line) {
    Pattern head = FORMS.get(form).head;
    Matcher here = FORMS.get(form).line.matcher(line);
    Matcher before = heads[form];
    if (here.matches() && (head == null || before != null)) {
      Path file = own.apply(group("file", here, before));
      return file == null
          ? null
          : new Blamed(
              file,
              here.group("line"),
              here.group("column"),
              group("message", here, before),
              here.start(here.namedGroups().containsKey("file") ? "file" : "line"),
              here.end(here.group("column") == null ? "line" : "column"));
    }
    Matcher now = head == null ? null : head.matcher(line);
    heads[form] = now != null && now.matches() ? now : before;
    return null;
  }

  private static String group(String name, Matcher here, Matcher before) {
    return (here.namedGroups().containsKey(name) ? here : before).group(name);
  }

  private Blamed inTraceback(String line) {
    Blamed at = frame(FRAME.matcher(line));
    if (at == null && frame != null && RAISED.matcher(line).matches()) {
      return new Blamed(frame.file, frame.line, null, line, 0, 0);
    }
    frame = at == null ? frame : at;
    return null;
  }

  private Blamed frame(Matcher at) {
    Path file = at.matches() ? own.apply(at.group("file")) : null;
    return file == null
        ? null
        : new Blamed(file, at.group("line"), null, "", at.start("file"), at.end("line"));
  }
}
