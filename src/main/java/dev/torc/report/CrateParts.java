package dev.torc.report;

import dev.torc.hash.Digest;
import dev.torc.report.CratePart.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The parts of a crate, each under an id of its own. The same path with other bytes is another
 * part: one run may have read what a file held before, another what it holds now. What is written
 * of them {@link RoCrate} knows.
 */
public final class CrateParts {

  /** Digits of a digest that tell two parts of one name apart. */
  private static final int SHORT = 12;

  private final SequencedMap<String, CratePart> byContent = new LinkedHashMap<>();
  private final Map<String, CratePart> byId = new HashMap<>();

  /**
   * A file as a run found or left it. Where a folder of that name and digest is known, it is that.
   *
   * @param digest in hexadecimal digits; null unknown
   * @param size bytes; -1 unknown
   */
  public CratePart file(String path, String digest, long size) {
    CratePart folder = byContent.get(content(Kind.FOLDER, path, "" + digest));
    return folder != null ? folder : part(Kind.FILE, path, digest, size, null, "" + digest);
  }

  /** A folder as a run left it, by the digest that torc has for folders. */
  public CratePart folder(String path, String digest) {
    return part(Kind.FOLDER, path, digest, -1, null, digest);
  }

  /** What a needed glob, folder or group stood for, by the digest of its list. */
  public CratePart list(String written, String digest) {
    CratePart known = byContent.get(content(Kind.LIST, "", digest));
    return known != null ? known : add(Kind.LIST, "", written, digest, -1, null, digest);
  }

  /** A program by the name that a job calls it by. */
  public CratePart tool(String name, String digest) {
    return part(Kind.TOOL, name, digest, -1, null, "" + digest);
  }

  /** An image; the digest is that of its configuration, or of its file. */
  public CratePart image(String name, String digest) {
    return part(Kind.IMAGE, name, digest, -1, null, "" + digest);
  }

  /** A variable of the environment. */
  public CratePart variable(String name, String value) {
    return part(Kind.VARIABLE, name, null, -1, value, "=" + value);
  }

  /**
   * A value that a job stored, or one of the data section.
   *
   * @param json null where only its digest is known
   */
  public CratePart value(String name, String json, String digest) {
    return part(Kind.VALUE, name, digest, -1, json, "" + digest);
  }

  /** All parts, in the order in which they became known. */
  public Collection<CratePart> all() {
    return byContent.values();
  }

  /** Puts files that stand in folders which a run made into these: their digests are beside. */
  public void nest() {
    Map<String, List<CratePart>> folders = new HashMap<>();
    for (CratePart part : byContent.values()) {
      if (part.kind() == Kind.FOLDER) {
        folders.computeIfAbsent(part.name(), _ -> new ArrayList<>()).add(part);
      }
    }
    for (CratePart part : folders.isEmpty() ? List.<CratePart>of() : List.copyOf(all())) {
      for (int end = part.name().lastIndexOf('/');
          part.kind() == Kind.FILE && end > 0;
          end = part.name().lastIndexOf('/', end - 1)) {
        List<CratePart> around = folders.getOrDefault(part.name().substring(0, end), List.of());
        if (around.size() == 1) { // of several states of a folder none can be told to be its own
          around.getFirst().members().add(part);
          break;
        }
      }
    }
  }

  private CratePart part(
      Kind kind, String name, String digest, long size, String value, String content) {
    CratePart known = byContent.get(content(kind, name, content));
    return known != null ? known : add(kind, name, name, digest, size, value, content);
  }

  private CratePart add(
      Kind kind, String key, String name, String digest, long size, String value, String content) {
    String id = id(kind.word(), kind == Kind.LIST ? content.substring(0, SHORT) : name);
    if (kind == Kind.FOLDER) {
      id += "/";
    }
    if (byId.containsKey(id)) {
      id += "@" + Digest.ofText(content).hex().substring(0, SHORT);
    }
    CratePart part = new CratePart(kind, id, name, digest, size, value, new LinkedHashSet<>(0));
    byContent.put(content(kind, key, content), part);
    byId.put(id, part);
    return part;
  }

  private static String content(Kind kind, String name, String content) {
    return kind.word() + "\0" + name + "\0" + content;
  }

  /** The id of something by a name, which it can be read from. */
  static String id(String kind, String name) {
    return "#" + kind + "/" + encoded(name);
  }

  /**
   * A name as a part of a URI: what may not stand there as it is, and {@code @}, becomes the bytes
   * of its UTF-8 with percent signs. Letters of all languages stay.
   */
  static String encoded(String name) {
    StringBuilder out = new StringBuilder(name.length());
    name.codePoints()
        .forEach(
            c -> {
              if (c < 128 ? isPlain((char) c) : Character.isLetterOrDigit(c)) {
                out.appendCodePoint(c);
              } else {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                  out.append('%');
                  out.append(Character.toUpperCase(Character.forDigit(b >> 4 & 15, 16)));
                  out.append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
                }
              }
            });
    return out.toString();
  }

  private static boolean isPlain(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || "-._~!$&'()*+,;=:/".indexOf(c) >= 0;
  }
}
