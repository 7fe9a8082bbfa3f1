package dev.torc.front.cli;

import dev.torc.base.machine.InstalledTorc;
import dev.torc.base.posix.Descriptor;
import dev.torc.base.posix.Environment;
import dev.torc.base.posix.Questions;
import dev.torc.features.memo.AskedVariables;
import dev.torc.features.memo.Memo;
import dev.torc.features.memo.Memo.AnsweredCall;
import dev.torc.front.session.Exit;
import dev.torc.front.show.Console;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A call of the launcher that may leave a {@link Memo}: records what the build asks and prints.
 * Only a call that printed nothing but the last line has one. Whether the build may have one is
 * settled where it ends without a job.
 */
final class MemoCall {

  /** The words that a memo may have, besides targets. */
  private static final Pattern WORD =
      Pattern.compile("-[jk][0-9]*|--jobs(=[0-9]+)?|--keep-going|[^-].*");

  /** Commands that build but do not end with the last line of one build. */
  private static final List<String> OTHERS = List.of("watch", "slurm");

  private static final Pattern LAST =
      Pattern.compile("((?:\\x1b\\[1m)?[ -~]* in )[0-9]+\\.[0-9] s((?:\\x1b\\[0m)?)\\n");

  private final List<String> words;
  private final long began = System.currentTimeMillis();
  private final Questions asked = Questions.begin();
  private final Environment all = Environment.ofCaller();
  private final AskedVariables env = new AskedVariables(all);
  private final Heard out;
  private final Heard err;
  private String terminals;

  /** Passes what is written to a stream on, and keeps the beginning. */
  private static final class Heard extends FilterOutputStream {
    private static final int MOST = 500;

    private final ByteArrayOutputStream begin = new ByteArrayOutputStream();

    Heard(OutputStream stream) {
      super(stream);
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
      if (begin.size() <= MOST) {
        begin.write(bytes, from, Math.min(length, MOST + 1));
      }
    }

    String text() {
      return begin.toString(StandardCharsets.UTF_8);
    }
  }

  private MemoCall(List<String> words, OutputStream out, OutputStream err) {
    this.words = words;
    this.out = new Heard(out);
    this.err = new Heard(err);
  }

  /** Begins to record; returns null if the words may have no memo. */
  static MemoCall begin(String[] args, OutputStream out, OutputStream err) {
    List<String> words = List.of(args);
    boolean may =
        words.stream().noneMatch(OTHERS::contains)
            && words.stream().allMatch(word -> WORD.matcher(word).matches() && Memo.isPlain(word));
    return may ? new MemoCall(words, out, err) : null;
  }

  /** Returns a console with streams and variables that this call records. */
  Console console(Console of) {
    terminals = (of.terminals().out() ? "t" : "f") + (of.terminals().err() ? "t" : "f");
    return new Console(
        of.in(),
        Console.writer(out, "standard output", of.terminals().out()),
        Console.writer(err, "standard error", of.terminals().err()),
        env,
        of.cwd(),
        of.terminals(),
        of.began());
  }

  /** Leaves a memo if the call may have one. With TORC_DEBUG, tells why there is none. */
  void end(int exit) {
    String why = why(exit);
    if (why != null && !all.asMap().getOrDefault("TORC_DEBUG", "").isEmpty()) {
      try {
        String line = "torc: no memo: " + why + "\n";
        new Descriptor(2).stream().write(line.getBytes(StandardCharsets.UTF_8));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private String why(int exit) {
    Matcher last = LAST.matcher(err.text());
    if (exit != Exit.DONE || !out.text().isEmpty() || !last.matches()) {
      return "the call said more than its last line";
    }
    try {
      String own = System.getProperty("torc.launcher"); // of a wheel, it is beside Python
      Path launcher = own == null ? InstalledTorc.program() : Path.of(own);
      Questions.look(launcher, true);
      asked.end(); // a memo does not depend on its own questions
      return Memo.leave(
          asked,
          new AnsweredCall(words, env, launcher, began, terminals, last.group(1), last.group(2)));
    } catch (IOException e) {
      return e.getMessage();
    }
  }
}
