package dev.torc.front.show;

import dev.torc.base.posix.Io;
import dev.torc.base.posix.Kill;
import dev.torc.base.posix.RandomId;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Hidden;
import dev.torc.base.syntax.Mask;
import dev.torc.base.text.LineBreaks;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.front.show.Report.Detail;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The streams, environment and working directory that the caller gave torc, and the choice of a
 * report for them. All other input comes from files.
 *
 * @param out takes data; flushed at the end, and earlier by code that wants to show it
 * @param err takes messages; every write is flushed
 * @param cwd absolute
 * @param began when torc began, by {@link System#nanoTime}
 */
public record Console(
    InputStream in,
    Writer out,
    Writer err,
    Map<String, String> env,
    Path cwd,
    Terminals terminals,
    LongSupplier began) {

  /** Makes both streams hide the same. */
  public Console {
    if (out instanceof Stream data && err instanceof Stream messages) {
      data.bytes.hidden = messages.bytes.hidden;
    }
  }

  /** Returns what the streams mask. */
  public Hidden hidden() {
    return err instanceof Stream stream ? stream.bytes.hidden : new Hidden();
  }

  /**
   * Which streams are terminals.
   *
   * @param columns returns the terminal's width; 0 if unknown, negative in the background
   */
  public record Terminals(boolean out, boolean err, IntSupplier columns) {}

  /**
   * Thrown to end torc without a message, as a signal ends a process: PIPE if the reader of a
   * stream is gone. Work that {@link #unread} serves does not see that.
   */
  public static final class EndedBySignal extends IOException {
    private static final long serialVersionUID = 1L;

    private final int signal;

    public EndedBySignal(int signal) {
      super(signal == Kill.PIPE ? "the output is not read anymore" : "ended by signal " + signal);
      this.signal = signal;
    }

    public int signal() {
      return signal;
    }
  }

  public Console at(Path folder) {
    return new Console(in, out, err, env, folder, terminals, began);
  }

  public void print(String text) throws IOException {
    out.write(text);
  }

  /** Writes lines of prose to standard output; a terminal gets them broken at spaces. */
  public void show(String text) throws IOException {
    out.write(LineBreaks.at(text, columns()));
  }

  /** Returns the width of the terminal that gets the output; 0 if it is none or unknown. */
  public int columns() {
    return terminals.out ? Math.max(0, terminals.columns.getAsInt()) : 0;
  }

  /** Writes a line to standard error. It has no line feed and is safe for a terminal. */
  public void tell(String line) throws IOException {
    err.write((terminals.err ? LineBreaks.at(line, terminals.columns.getAsInt()) : line) + "\n");
    err.flush();
  }

  /** Writes messages that are safe for a terminal. */
  public void tellAll(List<String> lines) throws IOException {
    for (String line : lines) {
      tell(line);
    }
  }

  /**
   * Makes a line safe for a terminal and writes it to standard error. Throws {@link
   * java.io.UncheckedIOException} if it cannot.
   */
  public void say(String line) {
    Io.unchecked(() -> tell(SafeText.message(line)));
  }

  /** Writes a warning without a place; throws like {@link #say}. */
  public void warn(String line) {
    warn(new Diagnostic(line));
  }

  /** Writes a warning; throws like {@link #say}. */
  public void warn(Diagnostic said) {
    say(said.line("warning:"));
  }

  /**
   * Opens the report that fits the streams and the environment; the caller must close it.
   *
   * @param json whether the events also go to standard output
   */
  public Report report(Palette palette, Report.Style style, boolean json) {
    Report people = people(palette, style, json);
    return json ? Report.all(List.of(new JsonReport(out), people)) : people;
  }

  /** Returns the report for a step's summary page in GitHub Actions; null if there is none. */
  public Report stepSummary() {
    String file = env.getOrDefault("GITHUB_STEP_SUMMARY", "");
    return file.isEmpty() ? null : new StepSummary(cwd.resolve(file), cwd, hidden(), this::warn);
  }

  private Report people(Palette palette, Report.Style style, boolean json) {
    LongSupplier clock = System::nanoTime;
    if ("true".equals(env.get("GITHUB_ACTIONS"))) {
      Path workspace = cwd.resolve(env.getOrDefault("GITHUB_WORKSPACE", ""));
      Supplier<String> token = () -> RandomId.next().replace("-", "");
      return new GithubReport(err, style, palette, cwd, workspace, clock, token);
    }
    String ci = env.getOrDefault("CI", "");
    boolean moves =
        terminals.err
            && style.detail() != Detail.QUIET
            && (ci.isEmpty() || ci.equals("false"))
            // Jupyter sets this variable; a notebook's terminal cannot show live lines.
            && !env.containsKey("JPY_PARENT_PID")
            && !Palette.isDumb(env)
            // Events on the same screen would break up the live lines.
            && !(json && terminals.out);
    return moves
        ? new LiveReport(err, style, palette, cwd, terminals.columns, clock).start()
        : new PlainReport(
            err, style, palette, cwd, terminals.err ? terminals.columns : null, clock);
  }

  /** Writes bytes unchanged to one of the streams. */
  public void copy(InputStream bytes, Writer to) throws IOException {
    if (to instanceof Stream stream) {
      stream.copy(bytes);
    } else {
      to.write(new String(bytes.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /**
   * Sets what is called when the reader of a stream is gone. If the call returns true, nothing is
   * written to that stream from then on; otherwise the write throws {@link EndedBySignal}.
   */
  public void unread(BooleanSupplier told) {
    for (Writer each : List.of(out, err)) {
      if (each instanceof Stream stream) {
        stream.bytes.unread = told;
      }
    }
  }

  /**
   * Returns a writer for a stream; its errors are {@link EndedBySignal} or name the stream. A
   * terminal that was closed has lost its reader.
   */
  public static Writer writer(OutputStream stream, String name, boolean terminal) {
    return new Stream(new NamedStream(stream, name, terminal));
  }

  private static final class NamedStream extends FilterOutputStream {
    private final String name;
    private final boolean terminal;
    private volatile BooleanSupplier unread = () -> false;
    private volatile boolean silent;
    private volatile Hidden hidden = new Hidden();
    private Set<String> masked = Set.of(); // the values of the mask
    private Mask mask; // null for none

    NamedStream(OutputStream stream, String name, boolean terminal) {
      super(stream);
      this.name = name;
      this.terminal = terminal;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      if (masked != hidden.values()) {
        unmask();
        masked = hidden.values();
        mask = new Mask(masked);
      }
      if (mask == null) {
        send(bytes, from, length);
      } else {
        byte[] part = Arrays.copyOfRange(bytes, from, from + length);
        byte[] shown = mask.masked(part, length, false);
        send(shown, 0, shown.length);
      }
    }

    /** Writes what the mask still holds back, since it may begin a secret. */
    private void unmask() throws IOException {
      byte[] rest = mask == null ? new byte[0] : mask.masked(new byte[0], 0, true);
      if (rest.length > 0) {
        send(rest, 0, rest.length);
      }
    }

    @Override
    public void flush() throws IOException {
      unmask();
      super.flush();
    }

    private void send(byte[] bytes, int from, int length) throws IOException {
      if (silent) {
        return;
      }
      try {
        out.write(bytes, from, length);
      } catch (IOException e) {
        // The JDK reports this only in the message; the launcher's locale makes that English.
        String message = String.valueOf(e.getMessage());
        if (message.contains("Broken pipe") || terminal && message.contains("Input/output error")) {
          silent = unread.getAsBoolean();
          if (silent) {
            return;
          }
          throw new EndedBySignal(Kill.PIPE);
        }
        var named = new FileSystemException(name, null, message);
        named.initCause(e);
        throw named;
      }
    }
  }

  /** A stream of text that takes bytes too. */
  private static final class Stream extends OutputStreamWriter {
    private final NamedStream bytes;

    Stream(NamedStream bytes) {
      super(bytes, StandardCharsets.UTF_8);
      this.bytes = bytes;
    }

    void copy(InputStream in) throws IOException {
      flush();
      in.transferTo(bytes);
    }
  }
}
