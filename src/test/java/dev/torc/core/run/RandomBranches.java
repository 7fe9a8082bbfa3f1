package dev.torc.core.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The branches of a random project, as a version control system would keep them: the build file and
 * the sources of each step. A walk goes back to them now and then.
 */
final class RandomBranches {

  private record Branch(Runnable buildFile, SortedMap<String, String> sources) {}

  private final List<Branch> branches = new ArrayList<>();
  private final String sources;
  private final BiConsumer<String, String> edit;
  private final Consumer<String> delete;

  /**
   * Makes the branches of one walk.
   *
   * @param sources a pattern of the paths that are kept
   * @param edit writes a text to a path
   */
  RandomBranches(String sources, BiConsumer<String, String> edit, Consumer<String> delete) {
    this.sources = sources;
    this.edit = edit;
    this.delete = delete;
  }

  /**
   * Keeps the present state as a branch, and mostly goes back to the state before some step.
   *
   * @param buildFile brings the present jobs back
   */
  void any(Random random, Oracle oracle, List<String> story, Runnable buildFile) {
    branches.add(new Branch(buildFile, sources(oracle)));
    if (random.nextInt(3) == 0) {
      return;
    }
    int number = random.nextInt(branches.size());
    story.add("branch " + number);
    Branch branch = branches.get(number);
    branch.buildFile.run();
    SortedMap<String, String> now = sources(oracle);
    branch.sources.forEach(
        (path, text) -> {
          if (!text.equals(now.remove(path))) {
            edit.accept(path, text);
          }
        });
    now.keySet().forEach(delete);
  }

  private SortedMap<String, String> sources(Oracle oracle) {
    SortedMap<String, String> kept = new TreeMap<>(oracle.disk);
    kept.keySet().removeIf(path -> !path.matches(sources));
    return kept;
  }
}
