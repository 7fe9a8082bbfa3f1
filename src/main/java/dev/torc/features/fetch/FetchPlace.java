package dev.torc.features.fetch;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.OwnFile;
import dev.torc.core.memory.CachePlace;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
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

    static final Validator NONE = new Validator("", "");

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

  /**
   * Returns origin, part, ETag, time, and the last complete file; empty texts if the file is
   * missing or damaged.
   */
  private static String[] lines(Path file) throws IOException {
    String text =
        OwnFile.exists(file) ? new String(OwnFile.read(file), StandardCharsets.UTF_8) : "";
    String[] lines = text.split("\n", -1);
    return lines.length == 5 ? lines : new String[] {"", "", "", "", ""};
  }

  /** Returns the validator of the bytes of {@code origin}, if that is where they are from. */
  Validator validator(String origin) throws IOException {
    String[] lines = lines(state);
    return lines[0].equals(origin) ? new Validator(lines[2], lines[3]) : Validator.NONE;
  }

  void save(String origin, Validator by) throws IOException {
    save(origin, by, lines(state)[4]);
  }

  private void save(String origin, Validator by, String complete) throws IOException {
    String text = String.join("\n", origin, part.toString(), by.tag, by.time, complete);
    OwnFile.write(state, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Forgets where the bytes are from, since they are gone. */
  void forget() throws IOException {
    if (lines(state)[4].isEmpty()) {
      OwnFile.remove(state);
    } else {
      save("", Validator.NONE);
    }
  }

  /**
   * Records that the bytes with this digest are in place. Returns the digest of the last ones that
   * came from the same URLs; empty for none.
   */
  String complete(String urls, String digest) throws IOException {
    String[] was = lines(state);
    String origin = was[0].replaceFirst(" .*", " " + digest);
    save(origin, new Validator(was[2], was[3]), urls + " " + digest);
    return was[4].startsWith(urls) ? was[4].substring(urls.length() + 1) : "";
  }
}
