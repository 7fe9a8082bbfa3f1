package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plays the files of {@code testdata/transcripts}: what commands print, told as a user sees it.
 * {@code == TITLE} begins a test in a folder of its own; what stands before the first one begins
 * each of them. {@code --- FILE} begins a file, which ends at {@code ---}. {@code $ torc …}, also
 * behind {@code cd DIR &&} and before {@code 2>/dev/null}, calls torc in this process, any other
 * {@code $} line a shell. Behind it stand the lines that it prints, those of standard error behind
 * a {@code !}, lines that would mean something here behind a backslash, and the exit status in
 * brackets where it is not 0. With {@code -Dtorc.transcripts=fix} the files get what is printed
 * now.
 */
class TranscriptTest {

  private static final Path FOLDER = Path.of("testdata", "transcripts");
  private static final boolean FIX = "fix".equals(System.getProperty("torc.transcripts"));
  private static final Pattern TORC =
      Pattern.compile("(?:cd (\\S+) && )?torc (.*?)( 2>/dev/null)?");
  private static final Pattern WORD =
      Pattern.compile("\\$'([^']*)'|'([^']*)'|\"([^\"]*)\"|((?:[^\\s'\"]|(?<=\\S)')+)");

  @TempDir Path temp;
  private int folders;

  @TestFactory
  List<DynamicContainer> everyTranscript() throws IOException {
    List<DynamicContainer> files = new ArrayList<>();
    try (Stream<Path> found = Files.list(FOLDER)) {
      for (Path file : found.sorted().toList()) {
        files.add(DynamicContainer.dynamicContainer(file.toString(), sections(file)));
      }
    }
    assertTrue(!files.isEmpty(), "no transcripts in " + FOLDER);
    return files;
  }

  /** The tests of a file; each one writes the file, where that is asked for. */
  private List<DynamicTest> sections(Path file) throws IOException {
    List<List<String>> parts = new ArrayList<>(List.of(new ArrayList<>()));
    boolean inFile = false;
    for (String line : Files.readAllLines(file)) {
      inFile = inFile ? !line.equals("---") : line.startsWith("--- ");
      if (line.startsWith("== ") && !inFile) {
        parts.add(new ArrayList<>());
      }
      parts.getLast().add(line);
    }
    List<String> begin = parts.removeFirst();
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      int number = i;
      List<String> part = parts.get(i);
      tests.add(
          DynamicTest.dynamicTest(
              part.getFirst().substring(3),
              () -> {
                Folder folder = new Folder(temp.toRealPath().resolve("p" + ++folders));
                Files.createDirectories(folder.at());
                play(folder, begin);
                List<String> said = play(folder, part);
                if (FIX) { // a session that breaks stays as it is
                  parts.set(number, said);
                  List<String> all = new ArrayList<>(begin);
                  parts.forEach(all::addAll);
                  Files.write(file, all);
                } else {
                  assertEquals(String.join("\n", part), String.join("\n", said));
                }
              }));
    }
    return tests;
  }

  /** The same lines with what commands say now. */
  private static List<String> play(Folder folder, List<String> lines) throws Exception {
    List<String> said = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("--- ")) {
        int end = i + lines.subList(i, lines.size()).indexOf("---");
        String text = String.join("\n", lines.subList(i + 1, end)) + "\n";
        folder.put(line.substring(4), text);
        said.addAll(lines.subList(i, end + 1));
        i = end;
      } else if (line.startsWith("$ ")) {
        said.add(line);
        said.addAll(say(folder, line.substring(2)));
        while (i + 1 < lines.size() && !lines.get(i + 1).matches("(\\$|---|#) .*|")) {
          i++;
        }
      } else {
        said.add(line);
      }
    }
    return said;
  }

  private static List<String> say(Folder folder, String command) throws Exception {
    Matcher torc = TORC.matcher(command);
    Run run =
        torc.matches()
            ? Run.of(
                torc.group(1) == null ? folder.at() : folder.at().resolve(torc.group(1)),
                words(torc.group(2).replace("ROOT", folder.at().toString())))
            : shell(folder.at(), command);
    List<String> said = new ArrayList<>();
    plain(folder, run.out()).lines().map(TranscriptTest::shown).forEach(said::add);
    if (!run.out().isEmpty() && !run.out().endsWith("\n")) {
      said.add("\\ no line end");
    }
    String err = torc.matches() && torc.group(3) != null ? "" : run.err();
    plain(folder, err).lines().map(line -> "! " + line).forEach(said::add);
    if (run.exit() != 0) {
      said.add("[" + run.exit() + "]");
    }
    return said;
  }

  /** A line that would mean something here goes behind a backslash. */
  private static String shown(String line) {
    return line.matches("([$#]|---|==) .*|\\\\.*|---|") ? "\\" + line : line;
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
