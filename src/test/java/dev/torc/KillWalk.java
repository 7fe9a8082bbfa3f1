package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * Ends builds of copies of a project before each step in turn, by {@link KillAgent}, and hands what
 * each of them left to a test. One JVM is killed for many builds, since its start takes ten times
 * as long as they do.
 */
final class KillWalk {

  /** Projects that are looked at side by side, since most of it is waiting. */
  private static final int LANES = 3;

  /** Looks at what a build left that was ended, or that came to its end. */
  interface Look {
    void at(Sandbox project, Sandbox.Ran killed) throws Exception;
  }

  private final Path temp;
  private final String from;
  private final String until;
  private final int many;

  /**
   * @param from steps count from the first that names this
   * @param until and before the first that names this
   * @param many builds that end in one JVM; no project is looked at before
   */
  KillWalk(Path temp, String from, String until, int many) {
    this.temp = temp;
    this.from = from;
    this.until = until;
    this.many = many;
  }

  /**
   * Ends builds until one comes to its end, which is the last that is looked at.
   *
   * @param first lines of sh that are run in each copy before; those that begin with {@code torc}
   *     are run by torc, and end well
   * @param args of the build that is ended
   * @return the steps
   */
  List<String> all(Sandbox built, List<String> first, Look look, String... args) throws Exception {
    Path folder = Files.createTempDirectory(temp.toRealPath(), "walk");
    Path steps = folder.resolve("steps");
    for (boolean more = true; more; ) {
      Path copies = Files.createTempDirectory(folder, "copies");
      kill(built, steps, copies, first, args);
      try (ExecutorService lanes = Executors.newFixedThreadPool(LANES)) {
        List<Future<Boolean>> looks = new ArrayList<>();
        for (int i = 0; Files.exists(copies.resolve(i + ".exit")); i++) {
          Path root = copies.resolve(Integer.toString(i));
          looks.add(lanes.submit(() -> isKilled(root, look)));
        }
        assertEquals(false, looks.isEmpty(), "no build was begun");
        for (Future<Boolean> each : looks) {
          more = each.get();
        }
      }
    }
    return Files.readAllLines(steps);
  }

  private boolean isKilled(Path root, Look look) throws Exception {
    int exit = Integer.parseInt(Files.readString(Path.of(root + ".exit")));
    String said = Files.readString(Path.of(root + ".said"));
    assertEquals(exit == KillAgent.EXIT ? exit : 0, exit, said);
    try (Sandbox project = new Sandbox(temp, root)) {
      look.at(project, new Sandbox.Ran(exit, "", said));
    }
    return exit == KillAgent.EXIT;
  }

  private void kill(Sandbox built, Path steps, Path copies, List<String> first, String... args)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:+DisableExplicitGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Djffi.unsafe.disabled=true",
                "-Dslf4j.internal.verbosity=ERROR",
                "-javaagent:" + agent(),
                "-cp",
                System.getProperty("java.class.path"),
                KillAgent.class.getName(),
                steps.toString(),
                from,
                until,
                Integer.toString(many),
                built.root.toString(),
                copies.toString(),
                String.join("\n", first)));
    command.addAll(List.of(args));
    assertEquals(KillAgent.EXIT, new ProcessBuilder(command).inheritIO().start().waitFor());
  }

  /** The jar that makes {@link KillAgent} an agent, though its classes are elsewhere. */
  private Path agent() throws IOException {
    Path jar = temp.resolve("kill.jar");
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue("Premain-Class", KillAgent.class.getName());
    main.putValue("Can-Redefine-Classes", "true");
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    return jar;
  }
}
