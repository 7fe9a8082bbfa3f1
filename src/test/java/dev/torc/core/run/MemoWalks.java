package dev.torc.core.run;

import dev.torc.Sample;
import dev.torc.StepFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;

/**
 * The stories and the random walks once more, with memos: a main method for a JVM of its own, since
 * questions to the file system are recorded by process. Its arguments are a folder, the launcher,
 * and how many there are for each that is played.
 */
final class MemoWalks {

  private MemoWalks() {}

  public static void main(String[] args) throws Exception {
    Path temp = Path.of(args[0]);
    MemosBeside memos = new MemosBeside(Path.of(args[1]));
    int share = Integer.parseInt(args[2]);
    List<String> failed = new ArrayList<>();
    for (DynamicContainer file : Sample.each(share, stories(temp, memos))) {
      if (file.getDisplayName().equals("order-rows")) {
        continue; // it counts the builds that looked at nothing
      }
      file.getChildren().forEach(test -> play((DynamicTest) test, file.getDisplayName(), failed));
    }
    int projects = 24 / share;
    RandomWalks.play(
        projects,
        temp.resolve("graphs"),
        (root, random) -> RandomGraphsTest.walk(root, random, memos));
    RandomWalks.play(
        projects,
        temp.resolve("groups"),
        (root, random) -> RandomGroupsTest.walk(root, random, memos),
        () -> memos.left > 10);
    System.out.printf(
        "%d memos; none: %s%n%s%n", memos.left, memos.none, String.join("\n", failed));
    System.exit(failed.isEmpty() ? 0 : 1);
  }

  private static void play(DynamicTest test, String file, List<String> failed) {
    try {
      test.getExecutable().execute();
    } catch (Throwable e) {
      failed.add(file + ", " + test.getDisplayName() + ": " + e);
    }
  }

  private static List<DynamicContainer> stories(Path temp, MemosBeside memos) throws Exception {
    return StepFiles.tests(
        Path.of("testdata", "stories"),
        temp,
        folder -> {
          Story story = new Story(Files.createDirectories(folder.resolve("root")));
          story.memos = memos;
          return story;
        });
  }
}
