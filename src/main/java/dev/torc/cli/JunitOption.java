package dev.torc.cli;

import dev.torc.posix.Io;
import dev.torc.session.Exit;
import dev.torc.show.JunitReport;
import dev.torc.text.Refusal;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code --junit}: what becomes of a build goes to a file too, however it ends. The report says
 * what is in it.
 *
 * @param named the file as the user named it
 * @param file the same, absolute
 */
record JunitOption(Console console, String named, Path file, JunitReport report) {

  /** Checks the name, and begins. */
  static JunitOption of(Console console, String named) {
    if (named.isEmpty() || named.equals("-")) {
      throw Call.usage("--junit " + SafeText.name(named) + ": name a file");
    }
    Path file = console.cwd().resolve(named).normalize();
    if (Files.isDirectory(file)) {
      throw Call.usage("--junit " + SafeText.name(named) + ": is a folder; name a file");
    }
    return new JunitOption(console, named, file, new JunitReport(System.currentTimeMillis()));
  }

  /** Builds, and writes the file; where only that goes wrong, the status says so. */
  int around(Io.Get<Integer> build) throws IOException {
    int exit;
    try {
      exit = build.get();
    } catch (IOException | RuntimeException | Error e) {
      report.broken(ErrorMessage.of(e).lines());
      try {
        isWritten();
      } catch (IOException unsaid) {
        e.addSuppressed(unsaid); // the reader of torc's output is gone
      }
      throw e;
    }
    if (exit == Exit.LOCKED) {
      report.broken(List.of("another build is at work here"));
    }
    report.ended(exit);
    return isWritten() || exit != Exit.DONE ? exit : Exit.TROUBLE;
  }

  private boolean isWritten() throws IOException {
    try {
      report.write(file);
      return true;
    } catch (IOException e) {
      console.tell(
          "torc: cannot write the JUnit report " + SafeText.name(named) + ": " + Refusal.why(e));
      return false;
    }
  }
}
