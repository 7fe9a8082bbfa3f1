package dev.torc.kills;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Ran;
import dev.torc.core.memory.Unclosed;
import dev.torc.front.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Section 11 and the promise of section 5 at each step. A build that moves results aside, restores
 * some from its own store and some from a shared folder, and runs other jobs and sends their
 * results, is ended, as by {@code kill -9}, before its first step, its second, and so on until it
 * comes to its end. The next build mends what was half done, and another root with the same folder
 * is right.
 */
@Sampled
@Order(1) // it takes long
@Execution(ExecutionMode.CONCURRENT)
class StoreKillIT {

  /** What the killed build does with a job: runs it, restores it from here or from the folder. */
  private static final List<String> KINDS = List.of("run", "back", "far");

  /** Two files of the same bytes, a program, a link. MORE: a folder, a glob, a depfile, a value. */
  private static final String FILES =
      """
        K-files:
          command: |
            cat K.x > K/a; cat K.x > K/b; { echo '#!/bin/sh'; cat K.x; } > K/run
            chmod +x K/run; ln -s a K/link; echo it is $(cat K.x)
          needs: [K.x]
          produces: [K/a, K/b, K/run, K/link]
          output: always
      """;

  private static final String MORE =
      """
        K-folder:
          command: |
            mkdir K/dir/in K/dir/empty; cat K/a > K/dir/in/1; cat K/a > K/dir/2
            cp K/run K/dir/run; ln -s in/1 K/dir/link
          needs: [K/a, K/run]
          produces: [K/dir/]
        K-found:
          command: |
            cat K.x K.h > "K/g/$(cat K.x).o"; echo K > K/g/k.o; echo 'o: K.h' > K/o.d
            echo "k=$(cat K.x)" >> "$TORC_OUTPUT"
          needs: [K.x]
          produces: ['K/g/*.o']
          depfile: K/o.d
      """;

  private static final String ALL =
      """
        all:
          command: cat */a */dir/in/1 */g/*.o > all; echo {data.far-found.k} >> all
          needs: [run/a, back/a, far/a, back/dir/, far/dir/, 'back/g/*.o', 'far/g/*.o',
            { data: far-found.k }]
          produces: [all]
      """;

  private static final String NOTHING = "8 jobs: 0 ran, 8 up to date, 0 failed";

  @TempDir static Path temp;
  private static Sandbox built;
  private static SortedMap<String, String> right;
  private static SortedMap<String, String> before;

  @BeforeAll
  static void build() throws Exception {
    built = new Sandbox(temp);
    Files.createDirectory(
        built.root.resolve("store"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    try (Sandbox other = new Sandbox(temp)) {
      given(other, built.root + "/store");
      sources(other, 9, 9, 1);
      builds(other.root);
      builds(other.root, "--force"); // sends again what a JVM that just began was too slow to send
    }
    given(built, "store");
    sources(built, 1, 1, 2);
    builds(built.root);
    sources(built, 1, 2, 2);
    builds(built.root);
    before = tree(built.root);
    sources(built, 3, 1, 1);
    try (Sandbox fresh = new Sandbox(temp)) {
      fresh.build(jobs(""));
      sources(fresh, 3, 1, 1);
      builds(fresh.root);
      right = tree(fresh.root);
    }
  }

  private static String jobs(String stores) {
    StringBuilder jobs = new StringBuilder(stores + "jobs:\n");
    for (String kind : KINDS) {
      jobs.append((kind.equals("run") ? FILES : FILES + MORE).replace("K", kind));
    }
    return jobs.append(ALL).toString();
  }

  private static void given(Sandbox project, String store) throws IOException {
    project.build(jobs("stores: { shared: { path: '" + store + "' } }\n"));
  }

  private static void sources(Sandbox project, int... states) throws IOException {
    for (int i = 0; i < states.length; i++) {
      project.write(KINDS.get(i) + ".x", KINDS.get(i) + " " + states[i] + "\n");
      project.write(KINDS.get(i) + ".h", "h\n");
    }
  }

  /** Builds in this process; the build has to end well. */
  private static Ran builds(Path root, String... args) {
    Run run = Run.of(root, args);
    assertEquals(0, run.exit(), run.err());
    return new Ran(run.exit(), run.out(), run.err());
  }

  /** All paths but torc's own, the store and the build file, with what is there. */
  private static SortedMap<String, String> tree(Path root) throws IOException {
    SortedMap<String, String> tree = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path each : (Iterable<Path>) all::iterator) {
        String path = root.relativize(each).toString();
        if (!path.matches("(\\.torc|store)(/.*)?|torc\\.yaml|")) {
          tree.put(path, text(each));
        }
      }
    }
    return tree;
  }

  private static String text(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      return "-> " + Files.readSymbolicLink(path);
    }
    if (Files.isDirectory(path)) {
      return "/";
    }
    boolean runs = Files.getPosixFilePermissions(path).contains(PosixFilePermission.OWNER_EXECUTE);
    return Files.readString(path) + (runs ? "*" : "");
  }

  /** Checks that the next build mends what the killed one left. */
  private static void mends(Sandbox project, Ran killed) throws Exception {
    Unclosed.recover(project.root);
    Ran next = builds(project.root);
    String said = killed.err() + "\nthen:\n" + next.err();
    assertEquals(right, tree(project.root), said);
    for (Ran each : List.of(killed, next)) {
      assertTrue(List.of("all", "run-files").containsAll(each.ran()), said);
    }
    assertFalse(said.contains("cannot be read"), said);
    assertFalse(project.exists(".torc/tmp"), said);
    assertKept(project, said);
    Ran nothing = builds(project.root);
    assertEquals(NOTHING, nothing.counts(), said + nothing.err());
    if (killed.exit() == 0 || killed.last().contains(" store/")) {
      try (Sandbox other = new Sandbox(temp)) {
        given(other, project.root + "/store");
        sources(other, 3, 1, 1);
        String third = builds(other.root).err();
        assertEquals(right, tree(other.root), said + "\nelsewhere:\n" + third);
      }
    }
    sources(project, 1, 2, 2);
    String last = builds(project.root).err();
    assertEquals(before, tree(project.root), said + "\nback:\n" + last);
  }

  /** Checks that only what killed jobs left is kept, whole or not: nothing that torc put there. */
  private static void assertKept(Sandbox project, String said) throws IOException {
    Path kept = project.root.resolve(".torc/kept");
    if (!Files.exists(kept, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> builds = Files.list(kept)) {
      for (Path each : builds.toList()) {
        for (var file : tree(each).entrySet()) {
          String path = file.getKey();
          boolean left = path.matches("run(/.*)?|all");
          String now = right.getOrDefault(path, "");
          assertTrue(left && now.startsWith(file.getValue()), file + " is kept\n" + said);
        }
      }
    }
  }

  @Test
  void killedAtEachStep() throws Exception {
    List<String> all =
        new KillWalk(temp, ".torc/store", ".torc/graph.new")
            .all(built, List.of(), StoreKillIT::mends, "build");
    for (String step :
        List.of(
            "rename back/a .torc/store/",
            "rename .torc/store/",
            "directCopy .torc/tmp/*",
            "rename .torc/tmp/* back/b",
            "directCopy .torc/tmp/*/product",
            "rename .torc/tmp/*/product far/run",
            "symlink .torc/tmp/*/product/link",
            "rename back/dir/2 .torc/moving/*/in/2",
            "rename .torc/moving/*/in .torc/store/d",
            "rename .torc/store/d",
            "rename .torc/moving/*/in/2 back/dir/2",
            "rename .torc/tmp/*/product .torc/moving/*/in",
            "rename .torc/moving/*/in/2 far/dir/2",
            "write store/new/*",
            "rename store/new/* store/ac/*",
            "commit")) {
      assertTrue(all.stream().anyMatch(each -> each.startsWith(step)), () -> step + " in " + all);
    }
  }
}
