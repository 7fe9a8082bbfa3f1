package dev.torc.front.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.torc.base.posix.CallingProcess;
import dev.torc.base.posix.Io;
import dev.torc.front.ask.Call;
import dev.torc.front.show.Console;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A call of torc in a test: its status and what it wrote. */
public record Run(int exit, String out, String err) {

  static Console console(Path cwd, Writer out, Writer err, Map<String, String> env) {
    return console("", cwd, out, err, env);
  }

  private static Console console(
      String input, Path cwd, Writer out, Writer err, Map<String, String> env) {
    InputStream in = new ByteArrayInputStream(input.getBytes(UTF_8));
    return new Console(
        in, out, err, env, cwd, new Console.Terminals(false, false, () -> 0), System::nanoTime);
  }

  /** Calls a command of torc in this process. */
  public static Run of(Path cwd, String... args) {
    return in(Map.of("PATH", System.getenv("PATH")), cwd, args);
  }

  /** Calls a command of torc in an environment. */
  public static Run in(Map<String, String> env, Path cwd, String... args) {
    return in(env, cwd, "", false, args);
  }

  /** Calls a command with an input; with {@code together}, errors go where data go. */
  static Run in(Map<String, String> env, Path cwd, String input, boolean together, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = together ? out : new ByteArrayOutputStream();
    Writer to = Console.writer(out, "standard output", false);
    Writer other = together ? to : Console.writer(err, "standard error", false);
    int exit = Main.run(args, console(input, cwd, to, other, env));
    return new Run(exit, out.toString(UTF_8), together ? "" : err.toString(UTF_8));
  }

  /** Calls the command line of torc with other work behind it. */
  static Run of(Io.Make<Call, Integer> work, Path cwd, Map<String, String> env, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = new Main(work).call(args, console(cwd, out, err, env));
    return new Run(exit, out.toString(), err.toString());
  }

  /** The call that a command gets for arguments, after they were parsed. */
  static Call call(Console console, String command, String... args) {
    Options options = new Commands().options(command);
    options.parse(List.of(args));
    return options.call(console, CallingProcess.own());
  }
}
