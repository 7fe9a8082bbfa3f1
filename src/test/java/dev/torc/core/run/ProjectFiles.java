package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.digests.StampSource;
import dev.torc.base.posix.ClosedFile;
import dev.torc.base.posix.FileTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** The files of a project in a temporary folder, as a test writes and reads them. */
abstract class ProjectFiles {

  @TempDir Path root;

  /** The stamps that torc sees. */
  StampSource stamps = StampSource.of(java.nio.file.FileSystems.getDefault());

  /** Writes a file, so that its stamp surely differs from what it was. */
  protected void edit(String path, String text) {
    try {
      Path file = root.resolve(path);
      Files.createDirectories(file.getParent());
      var before = stamps.stamp(file);
      do {
        ClosedFile.write(file, text);
      } while (stamps.stamp(file).equals(before));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the clock of the file system has moved: files written later have a later time. */
  void tick() {
    tick(0);
  }

  /** Waits until the clock of the files has moved by more than some milliseconds. */
  void tick(long millis) {
    try {
      Files.createDirectories(root.resolve(".torc"));
      Path probe = root.resolve(".torc/tick");
      Files.writeString(probe, "1");
      long before = stamps.stamp(probe).ctime();
      do {
        Files.writeString(probe, "1");
      } while (stamps.stamp(probe).ctime() <= before + millis * 1_000_000);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete(String path) {
    try {
      FileTree.remove(root.resolve(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  protected String read(String path) {
    return read(root.resolve(path));
  }

  /** The text of a file, or of all files in a folder with their paths; "-" where there is none. */
  static String read(Path file) {
    try {
      if (!Files.isDirectory(file)) {
        return Files.exists(file) ? Files.readString(file) : "-";
      }
      StringBuilder all = new StringBuilder();
      try (Stream<Path> files = Files.walk(file)) {
        for (Path inner : files.filter(Files::isRegularFile).sorted().toList()) {
          all.append(file.relativize(inner)).append('=').append(Files.readString(inner));
        }
      }
      return all.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean exists(String path) {
    return Files.exists(root.resolve(path), java.nio.file.LinkOption.NOFOLLOW_LINKS);
  }

  /** What rule 15 set aside, by paths below each build's folder of kept things, sorted. */
  List<String> kept() {
    Path kept = root.resolve(".torc/kept");
    if (!Files.isDirectory(kept)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(kept)) {
      return files
          .filter(f -> !Files.isDirectory(f))
          .map(f -> kept.relativize(f))
          .map(f -> f.subpath(1, f.getNameCount()).toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asserts that exactly one file was kept, and that it holds this text. */
  void keptText(String text) {
    try (Stream<Path> files = Files.walk(root.resolve(".torc/kept"))) {
      List<Path> all = files.filter(f -> !Files.isDirectory(f)).toList();
      assertEquals(1, all.size(), all.toString());
      assertEquals(text, Files.readString(all.getFirst()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
