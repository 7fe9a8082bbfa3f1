package dev.torc.kills;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.JavaChild;
import dev.torc.Sample;
import dev.torc.Sandbox;
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
 * Ends builds of copies of a project, each before another step, by {@link KillAgent}, and hands
 * each copy to a test. One JVM serves for many builds, since its start takes ten times as long as a
 * build.
 */
final class KillWalk {

  /** Copies that are checked side by side, since most of the time is waiting. */
  private static final int LANES = 3;

  /** A sample ends builds at each step of so many. */
  private static final int SHARE = 5;

  /** Checks a copy after its build was ended, or came to its end. */
  interface Look {
    void at(Sandbox project, Sandbox.Ran killed) throws Exception;
  }

  private final Path temp;
  private final String from;
  private final String until;

  /**
   * @param from a text: steps count from the first that contains it
   * @param until a text: steps count up to the first that contains it, without that
   */
  KillWalk(Path temp, String from, String until) {
    this.temp = temp;
    this.from = from;
    this.until = until;
  }

  /**
   * Ends builds until one comes to its end, which is the last that is checked.
   *
   * @param first lines that are run in each copy before, as calls of torc where they begin with
   *     {@code torc}, else by sh; all have to end well
   * @param args of the build that is ended
   * @return the steps, before each of which, or before those of the sample, builds were ended
   */
  List<String> all(Sandbox built, List<String> first, Look look, String... args) throws Exception {
    Path copies = Files.createTempDirectory(temp.toRealPath(), "walk");
    Path steps = copies.resolve("steps");
    kill(built, steps, copies, first, args);
    List<Future<Boolean>> looks = new ArrayList<>();
    try (ExecutorService lanes = Executors.newFixedThreadPool(LANES)) {
      for (int i = 0; Files.exists(copies.resolve(i + ".exit")); i++) {
        Path root = copies.resolve(Integer.toString(i));
        looks.add(lanes.submit(() -> isKilled(root, look)));
      }
    }
    for (int i = 0; i < looks.size(); i++) {
      assertEquals(i < looks.size() - 1, looks.get(i).get(), "only the last one ends by itself");
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
    List<String> given =
        new ArrayList<>(
            List.of(
                steps.toString(),
                from,
                until,
                built.root.toString(),
                copies.toString(),
                String.join("\n", first),
                "" + Sample.step(SHARE),
                "" + Sample.first(SHARE)));
    given.addAll(List.of(args));
    List<String> command =
        JavaChild.command(
            List.of("-javaagent:" + agent()), KillAgent.class, given.toArray(String[]::new));
    assertEquals(KillAgent.EXIT, new ProcessBuilder(command).inheritIO().start().waitFor());
  }

  /** A jar whose manifest makes {@link KillAgent} an agent; its classes are on the class path. */
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
