package dev.torc.front.buildfile;

import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.model.Workflow;
import dev.torc.features.groups.CalledJobs.Called;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.SortedMap;
import java.util.TreeMap;

/** Build files written to a file system in memory, under the root {@code /p}, and their reading. */
public final class Written implements AutoCloseable {

  private final FileSystem fs = Jimfs.newFileSystem(Configuration.unix());
  private final SequencedSet<Path> layers = new LinkedHashSet<>();
  private final SortedMap<String, String> defines = new TreeMap<>();
  private final Map<String, String> env = new TreeMap<>();

  /** A build file torc.yaml of these lines. */
  public static Written yaml(String... lines) {
    return new Written().layer("torc.yaml", lines);
  }

  /** One more file, given with -f. */
  public Written layer(String name, String... lines) {
    layers.add(path(name));
    return file(name, lines);
  }

  /** One more file. */
  public Written file(String name, String... lines) {
    return bytes(name, String.join("\n", lines).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  public Written bytes(String name, byte[] bytes) {
    try {
      Files.createDirectories(path(name).getParent());
      Files.write(path(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  public Written define(String name, String value) {
    defines.put(name, value);
    return this;
  }

  /** Sets a variable of the caller. */
  public Written env(String name, String value) {
    env.put(name, value);
    return this;
  }

  public Path path(String name) {
    return fs.getPath("/p").resolve(name);
  }

  public Workflow load() {
    try {
      return BuildFileLoader.load(layers(), defines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The files given with -f. */
  public List<Path> layers() {
    return List.copyOf(layers);
  }

  /** The files as read for an executor; null: as they say themselves. Groups are not expanded. */
  public ParsedBuildFile blueprint(String on) {
    try {
      return ParsedBuildFile.read(
          layers(),
          null,
          new ParsedBuildFile.Overrides(defines, true, on, env, Called.NONE, false, null));
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
