package dev.torc.front.show;

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
   * An error about a file.
   *
   * @param column null if it is not told
   */
  record Blamed(Path file, String line, String column, String message) {}

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
      Blamed found = inTraceback(line);
      for (int form = 0; form < FORMS.size() && found == null; form++) {
        found = found(form, line);
      }
      if (found != null) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
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
              file, here.group("line"), here.group("column"), group("message", here, before));
    }
    Matcher now = head == null ? null : head.matcher(line);
    heads[form] = now != null && now.matches() ? now : before;
    return null;
  }

  private static String group(String name, Matcher here, Matcher before) {
    return (here.namedGroups().containsKey(name) ? here : before).group(name);
  }

  private Blamed inTraceback(String line) {
    Matcher at = FRAME.matcher(line);
    if (at.matches()) {
      Path file = own.apply(at.group("file"));
      frame = file == null ? frame : new Blamed(file, at.group("line"), null, "");
    } else if (frame != null && RAISED.matcher(line).matches()) {
      return new Blamed(frame.file, frame.line, null, line);
    }
    return null;
  }
}
