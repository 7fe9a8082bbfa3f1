package dev.torc;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The texts of the files below a folder, by their paths relative to it. */
public final class FilesBelow {

  private FilesBelow() {}

  /** The texts of all files but torc's own and the build file. */
  public static SortedMap<String, String> made(Path root, Charset charset) throws IOException {
    return of(root, charset, path -> !path.startsWith(".torc/") && !path.equals("torc.yaml"));
  }

  /** The texts of the files whose paths match. */
  public static SortedMap<String, String> of(Path root, Charset charset, Predicate<String> which)
      throws IOException {
    SortedMap<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String path = root.relativize(file).toString();
        if (which.test(path)) {
          files.put(path, Files.readString(file, charset));
        }
      }
    }
    return files;
  }
}
