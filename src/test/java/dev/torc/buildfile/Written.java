package dev.torc.buildfile;

import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.torc.syntax.BadInput;
import dev.torc.workflow.Job;
import dev.torc.workflow.Step;
import dev.torc.workflow.Workflow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Build files written to a file system in memory, under the root {@code /p}, and their reading. */
public final class Written implements AutoCloseable {

  private final FileSystem fs = Jimfs.newFileSystem(Configuration.unix());
  private final List<Path> layers = new ArrayList<>();
  private final SortedMap<String, String> defines = new TreeMap<>();

  /** A build file torc.yaml of these lines. */
  public static Written yaml(String... lines) {
    return new Written().layer("torc.yaml", lines);
  }

  /** The only job of a build file of these lines, which stand below {@code jobs: a:}. */
  static Job job(String... lines) {
    return yaml(jobA(lines)).load().jobs().getFirst();
  }

  /** The message for a job of these lines. */
  static String refusedJob(String... lines) {
    return yaml(jobA(lines)).refused();
  }

  /** The text of a job's only command, without slots. */
  public static String command(Job job) {
    return ((Step.Command.Shell) job.steps().getFirst().command()).text().declared();
  }

  private static String[] jobA(String... lines) {
    List<String> all = new ArrayList<>(List.of("jobs:", "  a:"));
    for (String line : lines) {
      all.add("    " + line);
    }
    return all.toArray(String[]::new);
  }

  /** One more file, given with -f. */
  Written layer(String name, String... lines) {
    layers.add(path(name));
    return file(name, lines);
  }

  /** One more file. */
  Written file(String name, String... lines) {
    return bytes(name, String.join("\n", lines).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  Written bytes(String name, byte[] bytes) {
    try {
      Files.createDirectories(path(name).getParent());
      Files.write(path(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  Written define(String name, String value) {
    defines.put(name, value);
    return this;
  }

  Path path(String name) {
    return fs.getPath("/p").resolve(name);
  }

  public Workflow load() {
    try {
      return BuildFileLoader.load(layers, defines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The files as read, groups not expanded. */
  ParsedBuildFile blueprint() {
    try {
      return ParsedBuildFile.read(layers, null, new ParsedBuildFile.Overrides(defines, true, null));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The message of the refusal. */
  public String refused() {
    return assertThrows(BadInput.class, this::load).getMessage();
  }

  @Override
  public void close() throws IOException {
    fs.close();
  }
}
