package dev.torc.features.fetch;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.OwnFile;
import dev.torc.core.memory.CachePlace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * Where the bytes of one product are while they come, and what is remembered of them in {@code
 * .torc/fetch}. The bytes are on the product's file system, so that a rename is enough.
 *
 * @param part the bytes
 * @param state where they are from: so that a later attempt can continue them
 * @param tag where the product in place is from: so that the server can say that it is unchanged
 */
record FetchPlace(Path part, Path state, Path tag) {

  private static final int NAME = 32; // characters
  private static final String BESIDE = ".torc-fetch-";

  /** Returns the place of a product whose folder exists; after {@link #tidy}. */
  static FetchPlace of(CachePlace cache, Path product) throws IOException {
    Path folder = folder(cache);
    FileStatus there = FileStatus.of(product.getParent().toString(), true);
    boolean near = there.device() == FileStatus.of(folder.toString(), true).device();
    String name = name(product);
    return new FetchPlace(
        near ? folder.resolve(name) : product.resolveSibling(BESIDE + name),
        folder.resolve(name + ".from"),
        folder.resolve(name + ".tag"));
  }

  private static Path folder(CachePlace cache) {
    return cache.folder().resolve("fetch");
  }

  static String name(Path product) {
    return Digest.ofText(product.toString()).hex().substring(0, NAME);
  }

  /** Makes the folder, and removes what is there of products without one of these names. */
  static void tidy(CachePlace cache, Set<String> names) throws IOException {
    cache.makeFolder(folder(cache));
    for (Path file : FileTree.entries(folder(cache))) {
      String name = file.getFileName().toString();
      if (names.contains(name.substring(0, Math.min(NAME, name.length())))) {
        continue;
      }
      String[] lines = name.endsWith(".from") ? lines(file) : new String[0];
      if (lines.length == 3 && lines[1].endsWith("/" + BESIDE + name.substring(0, NAME))) {
        OwnFile.remove(Path.of(lines[1]));
      }
      FileTree.remove(file);
    }
  }

  private static String[] lines(Path file) throws IOException {
    try {
      return new String(OwnFile.read(file), StandardCharsets.UTF_8).split("\n", -1);
    } catch (NoSuchFileException none) {
      return new String[0];
    }
  }

  /** Returns the validator of the bytes of {@code origin} that are there; else an empty text. */
  String known(String origin) throws IOException {
    String[] lines = lines(state);
    boolean same = lines.length == 3 && lines[0].equals(origin);
    return same && OwnFile.exists(part) && Files.size(part) > 0 ? lines[2] : "";
  }

  void begin(String origin, String validator) throws IOException {
    write(state, origin + "\n" + part + "\n" + validator);
  }

  /** Returns the header that asks whether the product in place is unchanged; may be empty. */
  Map<String, String> asking(String origin) throws IOException {
    String[] lines = lines(tag);
    return lines.length == 3 && lines[0].equals(origin) ? Map.of(lines[1], lines[2]) : Map.of();
  }

  void remember(String origin, String header, String validator) throws IOException {
    write(tag, origin + "\n" + header + "\n" + validator);
  }

  private static void write(Path file, String text) throws IOException {
    OwnFile.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
