package dev.torc.cli;

import dev.torc.Transcript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plays the files of {@code testdata/transcripts}: what commands print, told as a user sees it. A
 * step {@code torc …}, also behind {@code cd DIR &&} and before {@code 2>/dev/null}, calls torc in
 * this process, any other one a shell. It prints its output, standard error behind a {@code !}, and
 * the exit status in brackets where it is not 0.
 */
class TranscriptTest {

  private static final Pattern TORC =
      Pattern.compile("(?:cd (\\S+) && )?torc (.*?)( 2>/dev/null)?");
  private static final Pattern WORD =
      Pattern.compile("\\$'([^']*)'|'([^']*)'|\"([^\"]*)\"|((?:[^\\s'\"]|(?<=\\S)')+)");

  @TempDir Path temp;
  private int folders;

  @TestFactory
  List<DynamicContainer> everyTranscript() throws IOException {
    return Transcript.tests(
        Path.of("testdata", "transcripts"),
        () -> {
          Folder folder = new Folder(temp.toRealPath().resolve("p" + ++folders));
          Files.createDirectories(folder.at());
          return new Transcript.Stage() {
            @Override
            public void put(String file, String text) throws IOException {
              folder.put(file, text);
            }

            @Override
            public List<String> say(String step) throws Exception {
              return TranscriptTest.say(folder, step);
            }
          };
        });
  }

  private static List<String> say(Folder folder, String command) throws Exception {
    Matcher torc = TORC.matcher(command);
    Run run =
        torc.matches()
            ? Run.of(
                torc.group(1) == null ? folder.at() : folder.at().resolve(torc.group(1)),
                words(torc.group(2).replace("ROOT", folder.at().toString())))
            : shell(folder.at(), command);
    List<String> said = new ArrayList<>(plain(folder, run.out()).lines().toList());
    if (!run.out().isEmpty() && !run.out().endsWith("\n")) {
      said.add(Transcript.NO_LINE_END);
    }
    String err = torc.matches() && torc.group(3) != null ? "" : run.err();
    plain(folder, err).lines().map(line -> "! " + line).forEach(said::add);
    if (run.exit() != 0) {
      said.add("[" + run.exit() + "]");
    }
    return said;
  }

  private static String[] words(String line) {
    return WORD.matcher(line)
        .results()
        .map(
            word ->
                word.group(1) != null
                    ? word.group(1).translateEscapes()
                    : Stream.of(2, 3, 4).map(word::group).filter(g -> g != null).findAny().get())
        .toArray(String[]::new);
  }

  private static Run shell(Path at, String command) throws Exception {
    Path out = at.resolveSibling("out");
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .directory(at.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    int exit = process.waitFor();
    return new Run(exit, Files.readString(out), "");
  }

  /** What is another one each time stands for itself by its kind. */
  private static String plain(Folder folder, String text) {
    String plain =
        text.replace(folder.at().toString(), "ROOT")
            .replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d", "MOMENT")
            .replaceAll("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z", "MOMENT")
            .replaceAll("\\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b", "ID")
            .replaceAll("(\"(?:seconds|cpu|memory|torc_bytes)\":)(?:null|[\\dE.+-]+)", "$1N")
            .replaceAll(", memory \\d+\\.\\d MiB\\b", "") // where there was a sample
            .replaceAll("\\b\\d+\\.\\d s\\b", "SECONDS")
            .replaceAll("(?m)[ \\t]+$", "");
    return plain.contains("MOMENT") ? plain.replaceAll(" {3,}(?=\\S)", "  ") : plain;
  }
}
