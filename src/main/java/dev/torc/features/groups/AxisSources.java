package dev.torc.features.groups;

import dev.torc.base.digests.Digest;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.MissHint;
import dev.torc.base.syntax.NearestPath;
import dev.torc.features.reading.BuildFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads the tables and finds the files that give groups their values. Each pattern, and each table
 * that no job makes, is read only once, because sources do not change during a build. {@link
 * AxisValues} turns rows and files into values.
 */
public final class AxisSources {

  private final Path root;
  private final SortedMap<String, List<String>> matches = new TreeMap<>();
  private final Map<Axis, AxisRows> tables = new HashMap<>();
  private final SortedMap<String, Digest> digests = new TreeMap<>();
  private boolean complete = true;

  AxisSources(Path root) {
    this.root = root;
  }

  /** Returns the files that each pattern found, by {@link GlobWalk#text}. */
  SortedMap<String, List<String>> found() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(matches));
  }

  /**
   * Returns whether {@link #found} and {@link #read} describe everything that was read from disk.
   */
  boolean isComplete() {
    return complete;
  }

  /** Notes that a found file does not count, because an earlier build made it. */
  void noteSkippedFile() {
    complete = false;
  }

  /** Returns the tables that were read, with their digests. */
  public List<BuildFile.Read> read() {
    List<BuildFile.Read> all = new ArrayList<>();
    digests.forEach( // a stream would make the JVM generate a class at each start
        (path, digest) -> {
          Path asked = root.resolve(path);
          all.add(new BuildFile.Read(asked, BuildFile.located(asked), digest));
        });
    return all;
  }

  /** Returns the files on disk that match the pattern and no exclude, sorted. */
  List<String> matches(Glob glob, List<Glob> excludes) throws IOException {
    String text = GlobWalk.text(glob, excludes);
    List<String> found = matches.get(text);
    if (found == null) {
      found = List.copyOf(GlobWalk.find(root, text).files());
      matches.put(text, found);
    }
    return found;
  }

  boolean exists(String path) {
    return Files.exists(root.resolve(path));
  }

  /**
   * Explains why a pattern matches nothing. The folders read for that are not in {@link #found}.
   */
  String explainMiss(Glob glob) throws IOException {
    complete = false;
    return MissHint.pattern(new NearestPath(root, List::of), glob);
  }

  /** Returns the bytes of a file, and notes its digest for {@link #read}. */
  byte[] bytes(String path) throws IOException {
    byte[] bytes = TableReader.bytes(root.resolve(path), path);
    digests.put(path, Digest.ofBytes(bytes));
    return bytes;
  }

  /** Returns the table of an axis, null before {@link #put}. */
  AxisRows table(Axis axis) {
    return tables.get(axis);
  }

  void put(Axis axis, AxisRows table) {
    tables.put(axis, table);
  }
}
