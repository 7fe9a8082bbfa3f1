package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rule 15: a job puts a link on the way to its product, of each form, at each part of the path, to
 * each kind of place. The oracle: no byte outside of the job's own products changes its place, in
 * this build and in the next one, and no mode of a folder changes.
 */
class Rule15WaysTest {

  /** The product below the job's folder, and what else the job says. */
  private static final List<String> FORMS =
      List.of(
          "out/p/f",
          "out/p/d/",
          "out/p/*.c",
          "out/**/*.c",
          "out/p/f depfile",
          "out/p/f report",
          "SCRATCH/out/p/f");

  private static final List<String> PARTS = List.of("out", "out/p", "product");

  private static final List<String> PLACES =
      List.of("relative", "absolute", "root", "outside", "dangling", "other");

  @TempDir Path temp;
  private Path root;
  private Path scratch;
  private Path outside;

  @BeforeEach
  void filesOfTheUser() throws IOException {
    Path at = temp.toRealPath();
    root = Files.createDirectory(at.resolve("p"));
    scratch = Files.createDirectory(at.resolve("scratch"));
    outside = at.resolve("outside");
    for (Path folder : List.of(root, root.resolve("mine"), outside)) {
      for (String file : List.of("f", "a.c", "p/f", "p/a.c", "d/f", "p/d/f", "f.d", "p/f.d")) {
        Files.createDirectories(folder.resolve(file).getParent());
        Files.writeString(folder.resolve(file), "mine: " + folder.relativize(root) + file + "\n");
      }
    }
    Files.setPosixFilePermissions(
        outside.resolve("p"), PosixFilePermissions.fromString("r-xr-x---"));
    Files.writeString(root.resolve("x"), "1\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "sandbox", "executor", "executor sandbox", "container sandbox"})
  void noByteOfTheUserChangesItsPlace(String mode) throws IOException {
    Path bin = temp.resolve("bin");
    Map<String, String> env = StandInRuntime.in(bin, "tools:1").env();
    List<String> bad = new ArrayList<>(); // jobs with a link on the way to a product
    Files.writeString(root.resolve("torc.yaml"), buildFile(mode, bad));
    Map<String, String> before = files();

    Run first = Run.in(env, root);
    assertEquals(before, only(before, files()), first.err());
    Files.writeString(root.resolve("x"), "2\n");
    Run second = Run.in(env, root);
    assertEquals(before, only(before, files()), second.err());

    for (Run run : List.of(first, second)) {
      assertEquals(1, run.exit(), run.err());
      for (String job : bad) {
        assertFalse(run.err().contains("\n" + job + ": ran"), job + " is good: " + run.err());
      }
    }
    assertTrue(first.err().contains("became a symlink to"), first.err());
  }

  private String buildFile(String mode, List<String> bad) {
    // Each form and part with one of the places; another seed takes the next.
    int next = mode.length() + Math.floorMod(Sample.SEED, PLACES.size());
    StringBuilder text = new StringBuilder("roots: [" + scratch + "]\n");
    if (mode.contains("executor")) {
      text.append("executors: { far: { kind: commands, latency: 0s, submit: ");
      text.append("'sh {script} > {log} 2>&1; echo 1', states: 'true', cancel: 'true {ids}' } }\n");
    }
    text.append("defaults: {").append(mode.contains("sandbox") ? " sandbox: true," : "");
    text.append(mode.contains("executor") ? " executor: far," : "");
    text.append(mode.contains("container") ? " image: 'tools:1'," : "").append(" needs: x }\n");
    List<String> reported = new ArrayList<>();
    text.append("jobs:\n  other: { command: 'mkdir -p other/p && echo 1 > other/f && ");
    text.append("echo 1 > other/p/a.c', produces: other/ }\n");
    for (String form : FORMS) {
      for (String part : PARTS) {
        String place = PLACES.get(Math.floorMod(next++, PLACES.size()));
        String job = "j" + text.length();
        text.append(job(job, form, part, place, reported));
        boolean way = !part.equals("product") && !(part.equals("out/p") && form.contains("**"));
        if (way) { // a glob enters no link behind its first wildcard
          bad.add(job);
        }
      }
    }
    return text.append("report: ").append(reported).append('\n').toString();
  }

  private String job(String job, String form, String part, String place, List<String> reported) {
    String[] words = form.split(" ");
    boolean away = words[0].startsWith("SCRATCH");
    String base = away ? scratch + "/" + job + "/" : job + "/";
    String product = base + words[0].replace("SCRATCH/", "");
    String file = product.replace("**", "p").replace("*.c", "new.c").replaceFirst("/$", "/new");
    String own = product.replace("/**", "/p").replaceFirst("/(\\*\\.c)?$", "");
    String link = part.equals("product") ? own : base + part;
    String to = "../".repeat(link.split("/").length - 1);
    String target =
        switch (place) {
          case "relative" -> away ? root + "/mine" : to + "mine";
          case "absolute" -> root + "/mine";
          case "root" -> root.toString();
          case "outside" -> outside.toString();
          case "dangling" -> outside + "/none";
          default -> root + "/other";
        };
    // A job with a product in `roots` finds the folder in its own one only by the product's name.
    String in = "L=" + link + "; F=" + file + "; ";
    String swap = "rm -rf \"$L\"; ln -s " + target + " \"$L\"; ";
    String make = "set -C; mkdir -p \"${F%/*}\"; echo made > \"$F\"; ";
    String command = swap + make;
    String depfile = words.length > 1 && words[1].equals("depfile") ? base + "out/p/f.d" : "";
    if (!depfile.isEmpty()) {
      command += " echo \"f: x\" > " + depfile + ";";
    }
    if (words.length > 1 && words[1].equals("report")) {
      reported.add(product);
    }
    return "  %s: { command: '{ %s } 2> /dev/null || true', produces: '%s'%s }\n"
        .formatted(job, in + command, product, depfile.isEmpty() ? "" : ", depfile: " + depfile);
  }

  /** All files and folders with their bytes and modes; links by their texts. */
  private Map<String, String> files() throws IOException {
    Map<String, String> files = new TreeMap<>();
    for (Path top : List.of(root, outside)) {
      try (Stream<Path> all = Files.walk(top)) {
        for (Path each : all.filter(file -> !file.startsWith(root.resolve(".torc"))).toList()) {
          var mode = Files.getPosixFilePermissions(each, LinkOption.NOFOLLOW_LINKS);
          boolean file = Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS);
          String bytes = file ? Files.readString(each) : "";
          files.put(each.toString(), PosixFilePermissions.toString(mode) + " " + bytes);
        }
      }
    }
    files.remove(root.resolve("x").toString());
    return files;
  }

  private static Map<String, String> only(Map<String, String> before, Map<String, String> now) {
    Map<String, String> same = new TreeMap<>(now);
    same.keySet().retainAll(before.keySet());
    return same;
  }
}
