package dev.torc.features.fetch;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.OwnFile;
import dev.torc.core.memory.CachePlace;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * Where the bytes of one product are while they come, and what is remembered of them in {@code
 * .torc/fetch}. The bytes are on the product's file system, so that a rename is enough.
 *
 * @param part the bytes
 * @param state where the bytes are from, so that a later attempt can continue them; or, when they
 *     are in place, so that the server can say that they are unchanged
 */
record FetchPlace(Path part, Path state) {

  private static final int NAME = 32; // characters
  private static final String BESIDE = ".torc-fetch-";

  /** By what a server knows its bytes again: an ETag and the time of the last change, or empty. */
  record Validator(String tag, String time) {

    static Validator of(HttpHeaders headers) {
      return new Validator(
          headers.firstValue("ETag").orElse(""), headers.firstValue("Last-Modified").orElse(""));
    }

    /** Returns what other bytes never have: a strong ETag, else the time; may be empty. */
    String strong() {
      return tag.startsWith("\"") ? tag : time;
    }

    /** Returns the header that asks whether the bytes are unchanged. */
    Map<String, String> question() {
      return !tag.isEmpty()
          ? Map.of("If-None-Match", tag)
          : time.isEmpty() ? Map.of() : Map.of("If-Modified-Since", time);
    }
  }

  /** Returns the place of a product whose folder exists; after {@link #tidy}. */
  static FetchPlace of(CachePlace cache, Path product) throws IOException {
    Path folder = folder(cache);
    FileStatus there = FileStatus.of(product.getParent().toString(), true);
    boolean near = there.device() == FileStatus.of(folder.toString(), true).device();
    String name = name(product);
    return new FetchPlace(
        near ? folder.resolve(name) : product.resolveSibling(BESIDE + name),
        folder.resolve(name + ".from"));
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
      String beside = name.endsWith(".from") ? lines(file)[1] : "";
      if (beside.endsWith("/" + BESIDE + name.substring(0, NAME))) {
        OwnFile.remove(Path.of(beside));
      }
      FileTree.remove(file);
    }
  }

  /** Returns origin, part, ETag and time; empty texts if the file is missing or damaged. */
  private static String[] lines(Path file) throws IOException {
    try {
      String[] lines = new String(OwnFile.read(file), StandardCharsets.UTF_8).split("\n", -1);
      return lines.length == 4 ? lines : new String[] {"", "", "", ""};
    } catch (NoSuchFileException none) {
      return new String[] {"", "", "", ""};
    }
  }

  /** Returns the validator of the bytes of {@code origin}, if that is where they are from. */
  Validator validator(String origin) throws IOException {
    String[] lines = lines(state);
    return lines[0].equals(origin) ? new Validator(lines[2], lines[3]) : new Validator("", "");
  }

  /** Keeps what tells whether these bytes, now in place, are still the server's. */
  void remember(String digest) throws IOException {
    String[] lines = lines(state);
    Validator by = new Validator(lines[2], lines[3]);
    if (by.question().isEmpty()) {
      OwnFile.remove(state);
    } else {
      save(lines[0].replaceFirst(" .*", " " + digest), by);
    }
  }

  void save(String origin, Validator by) throws IOException {
    String text = String.join("\n", origin, part.toString(), by.tag, by.time);
    OwnFile.write(state, text.getBytes(StandardCharsets.UTF_8));
  }
}
