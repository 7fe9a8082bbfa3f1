package dev.torc.features.fetch;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.web.WebAddress;
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
 * @param boot the id of this boot of the machine: bytes of an earlier one may not be on the disk
 */
record FetchPlace(Path part, Path state, String boot) {

  private static final int NAME = 32; // characters
  private static final String BESIDE = ".torc-fetch-";

  /**
   * By what bytes are known again: an ETag, the time of the last change and the length of the whole
   * file, each empty if the server does not say.
   */
  record Validator(String tag, String time, String total) {

    static final Validator NONE = new Validator("", "", "");

    static Validator of(HttpHeaders headers, String total) {
      return new Validator(
          headers.firstValue("ETag").orElse(""),
          headers.firstValue("Last-Modified").orElse(""),
          total);
    }

    /** Returns whether a part of a file with this validator may follow bytes of the other one. */
    boolean continues(Validator other) {
      boolean same = tag.equals(other.tag) && (!tag.isEmpty() || time.equals(other.time));
      return same && !(tag + time).isEmpty() && !total.isEmpty() && total.equals(other.total);
    }

    /** Returns the headers that ask for the rest; a server compares no weak tag. */
    Map<String, String> rest(long from) {
      String strong = tag.startsWith("\"") ? tag : time;
      String range = "bytes=" + from + "-";
      return strong.isEmpty() ? Map.of("Range", range) : Map.of("Range", range, "If-Range", strong);
    }

    /** Returns the header that asks whether the bytes are unchanged. */
    Map<String, String> question() {
      return !tag.isEmpty()
          ? Map.of("If-None-Match", tag)
          : time.isEmpty() ? Map.of() : Map.of("If-Modified-Since", time);
    }
  }

  /** Returns the place of a product whose folder exists; after {@link #tidy}. */
  static FetchPlace of(CachePlace cache, Path product, String boot) throws IOException {
    Path folder = folder(cache);
    FileStatus there = FileStatus.of(product.getParent().toString(), true);
    boolean near = there.device() == FileStatus.of(folder.toString(), true).device();
    String name = name(cache, product);
    Path part = near ? folder.resolve(name) : product.resolveSibling(BESIDE + name);
    return new FetchPlace(part, folder.resolve(name + ".from"), boot);
  }

  private static Path folder(CachePlace cache) {
    return cache.folder().resolve("fetch");
  }

  /** Returns the name of a product's files, which no other root has. */
  static String name(CachePlace cache, Path product) {
    return Digest.ofText(cache.root() + "\n" + product).hex().substring(0, NAME);
  }

  /** Makes the folder, and removes what is there of products without one of these names. */
  static void tidy(CachePlace cache, Set<String> names) throws IOException {
    cache.makeFolder(folder(cache));
    for (Path file : FileTree.entries(folder(cache))) {
      String full = file.getFileName().toString();
      String name = full.replaceFirst("\\.from$", "");
      if (!names.contains(name)) {
        String beside = full.equals(name) ? "" : State.of(file).part;
        if (beside.endsWith("/" + BESIDE + name)) {
          OwnFile.remove(Path.of(beside));
        }
        FileTree.remove(file);
      }
    }
  }

  /**
   * The lines of the file; empty texts if it is missing or damaged.
   *
   * @param origin a digest of the counted URL, and the boot in which bytes of it began to come, or
   *     the digest of all bytes
   * @param complete a digest of all URLs of the file, and the digest of the last complete bytes
   */
  private record State(String origin, String part, Validator by, String complete) {

    static State of(Path file) throws IOException {
      boolean is = OwnFile.exists(file);
      String text = is ? new String(OwnFile.read(file), StandardCharsets.UTF_8) : "";
      String[] lines = text.split("\n", -1);
      String total = lines.length == 6 ? lines[5] : ""; // an earlier torc wrote none
      return lines.length >= 5
          ? new State(lines[0], lines[1], new Validator(lines[2], lines[3], total), lines[4])
          : new State("", "", Validator.NONE, "");
    }
  }

  private void save(String origin, Validator by, String complete) throws IOException {
    String text = String.join("\n", origin, part.toString(), by.tag, by.time, complete, by.total);
    OwnFile.write(state, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Records that bytes begin to come from a URL. */
  void begin(WebAddress from, Validator by) throws IOException {
    save(origin(from, boot), by, State.of(state).complete);
  }

  /** Forgets where the bytes are from, since they are gone. */
  void forget() throws IOException {
    String complete = State.of(state).complete;
    if (complete.isEmpty()) {
      OwnFile.remove(state);
    } else {
      save("", Validator.NONE, complete);
    }
  }

  /**
   * Records that the bytes with this digest are in place. Returns the digest of the last ones that
   * came from the same URLs; empty for none.
   */
  String complete(String urls, String digest) throws IOException {
    State was = State.of(state);
    save(was.origin.replaceFirst(" .*", " " + digest), was.by, urls + " " + digest);
    return was.complete.startsWith(urls) ? was.complete.substring(urls.length() + 1) : "";
  }

  /** Returns by what the bytes are known that have come; {@link Validator#NONE} if by nothing. */
  Validator known(WebAddress from) throws IOException {
    State is = State.of(state);
    return is.origin.equals(origin(from, boot)) ? is.by : Validator.NONE;
  }

  /** Returns the header that asks whether the bytes in place, with this digest, are unchanged. */
  Map<String, String> question(WebAddress from, String digest) throws IOException {
    State is = State.of(state);
    return is.origin.equals(origin(from, digest)) ? is.by.question() : Map.of();
  }

  private static String origin(WebAddress from, String of) {
    return Digest.ofText(from.counted("")).hex() + " " + of;
  }
}
