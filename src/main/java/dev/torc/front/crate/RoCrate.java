package dev.torc.front.crate;

import dev.torc.base.bytes.WholeFile;
import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.RandomId;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Hidden;
import dev.torc.base.syntax.JsonText;
import dev.torc.base.text.SafeText;
import dev.torc.base.text.SafeText.Harmless;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An RO-Crate 1.1: entities that refer to each other, and the files in the crate. It knows how to
 * describe a file, folder, value or image; {@link CrateRequest} knows what a project ran.
 *
 * <p>Data files are not in the crate, so their ids begin with {@code #}, as RO-Crate requires. The
 * same path with different bytes is another entity: one run may have read the old bytes of a file
 * and another run the present ones.
 */
final class RoCrate {

  static final String PROFILE = "https://w3id.org/ro/crate/1.1";

  static final String METADATA = "ro-crate-metadata.json";

  /** The terms that the run profiles add to those of RO-Crate. */
  private static final String TERMS = "https://w3id.org/ro/terms/workflow-run#";

  private static final List<String> OWN_TERMS =
      List.of("sha256", "environment", "containerImage", "ContainerImage", "registry", "tag");

  /** Matches registry, name and tag of an image; a registry has a dot or a port. */
  private static final Pattern IMAGE =
      Pattern.compile("(?:([^/@]*[.:][^/@]*)/)?([^@]*?)(?::([^/:@]*))?(?:@.*)?");

  /** How many digits of a digest distinguish entities with the same name. */
  private static final int SHORT = 12;

  private final SequencedMap<String, Entity> entities = new LinkedHashMap<>();
  private final Map<String, Entity> byContent = new HashMap<>();
  private final SequencedMap<String, byte[]> files = new LinkedHashMap<>();

  /** Returns the entity with this id, creating it if it is missing. */
  Entity entity(String id, String... types) {
    return entities.computeIfAbsent(id, _ -> new Entity(id, types));
  }

  /** Returns an entity that is described elsewhere; the crate only refers to it. */
  Entity outside(String id) {
    return byContent.computeIfAbsent(id, Entity::new);
  }

  /** Returns the entity with this name, creating it if missing; its id contains the name. */
  Entity named(String kind, String name, String type) {
    return entity(id(kind, name), type).text("name", name);
  }

  /** Returns a file in the crate; if {@code bytes} is null, the crate only names the file. */
  Entity source(String name, byte[] bytes, String... types) {
    Entity entity = entity(bytes == null ? id("site", name) : encoded(name), types);
    String format = format(name);
    if (bytes != null) {
      files.put(name, bytes);
      entity.text("contentSize", "" + bytes.length).text("sha256", Digest.ofBytes(bytes).hex());
    }
    return entity.text("encodingFormat", format == null ? "text/plain" : format);
  }

  List<Entity> data() {
    return entities.values().stream()
        .filter(each -> each.id.startsWith("#file/") || each.id.startsWith("#folder/"))
        .toList();
  }

  /**
   * Returns a file that a run read or made; if it is known as a folder, returns the folder.
   *
   * @param size in bytes; -1 if unknown
   */
  Entity file(String path, String digest, long size) {
    Entity folder = byContent.get(key("folder", path + "/", digest));
    return folder != null
        ? folder
        : file("file", path, digest).text("contentSize", size < 0 ? null : "" + size);
  }

  Entity tool(String name, String digest) {
    return file("tool", name, digest)
        .text("description", "A program that counts by what it holds.");
  }

  /** Adds a file. The profiles require its path as an alternate name. */
  private Entity file(String kind, String path, String digest) {
    return part(kind, path, digest, "File")
        .text("name", last(path))
        .text("alternateName", path)
        .text("encodingFormat", format(path))
        .text("sha256", digest);
  }

  Entity folder(String path, String digest) {
    return part("folder", path + "/", digest, "Dataset")
        .text("name", last(path) + "/")
        .text("alternateName", path + "/")
        .text("identifier", "torc-folder-sha256:" + digest);
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Returns the files of a needed glob, folder or group; {@code digest} is the list's digest. */
  Entity list(String written, String digest) {
    return part("list", digest.substring(0, SHORT), digest, "Dataset")
        .text("name", written)
        .text("description", "What a need of this form stood for.");
  }

  Entity variable(String name, String value) {
    return part("env", name, "=" + value, "PropertyValue").text("name", name).text("value", value);
  }

  /**
   * Returns a value that a job stored, or a value of the data section.
   *
   * @param json null if only the digest is known
   */
  Entity value(String name, String json, String digest) {
    String content = json == null ? digest : Digest.ofText(json).hex();
    Entity value =
        part("value", name, content, "PropertyValue").text("name", name).text("value", json);
    return value.fields.containsKey("value") ? value : value.text("sha256", digest);
  }

  /**
   * Returns an image.
   *
   * @param digest the digest of the image's configuration or file; null if unknown
   */
  Entity image(String name, String digest) {
    boolean file = name.endsWith(".sif");
    Matcher parts = IMAGE.matcher(name);
    boolean parted = !file && parts.matches();
    return part("image", name, digest, "ContainerImage")
        .ref("additionalType", outside(TERMS + (file ? "SIFImage" : "DockerImage")))
        .text("registry", parted ? parts.group(1) : null)
        .text("name", parted ? parts.group(2) : name)
        .text("tag", parted ? parts.group(3) : null)
        .text("sha256", digest);
  }

  private Entity part(String kind, String name, String content, String type) {
    return byContent.computeIfAbsent(
        key(kind, name, content),
        _ -> {
          String id = id(kind, name);
          boolean taken = entities.containsKey(id);
          String digits = taken ? "@" + Digest.ofText("" + content).hex().substring(0, SHORT) : "";
          return entity(id + digits, type);
        });
  }

  private static String key(String kind, String name, String content) {
    return kind + "\0" + name + "\0" + content;
  }

  /** Makes each file a part of the folder product that contains it; both keep their digests. */
  void nest() {
    Map<String, List<Entity>> folders =
        data().stream().collect(Collectors.groupingBy(Entity::path));
    for (Entity each : data()) {
      String path = each.path().endsWith("/") ? "" : each.path();
      int end = path.lastIndexOf('/');
      // If a folder is known in several states, it is unknown which one has this file.
      while (end > 0 && folders.getOrDefault(path.substring(0, end + 1), List.of()).size() != 1) {
        end = path.lastIndexOf('/', end - 1);
      }
      if (end > 0) {
        folders.get(path.substring(0, end + 1)).getFirst().ref("hasPart", each);
      }
    }
  }

  /** Returns an id from which the name can be read. */
  static String id(String kind, String name) {
    return "#" + kind + "/" + encoded(name);
  }

  /** Returns a name encoded for a URI path or fragment; letters of all languages are kept. */
  static String encoded(String name) {
    try {
      String text = new URI(null, null, name).getRawFragment();
      return text.replace("@", "%40").replace("?", "%3F").replace("[", "%5B").replace("]", "%5D");
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Guesses the media type from the end of the name; returns null if unknown. */
  private static String format(String name) {
    return name.endsWith(".yaml") || name.endsWith(".yml")
        ? "application/yaml"
        : URLConnection.guessContentTypeFromName(name);
  }

  /** Writes the metadata, one entity per line; does not close {@code to}. */
  void write(Writer to) throws IOException {
    Map<String, String> terms = new LinkedHashMap<>();
    OWN_TERMS.forEach(term -> terms.put(term, TERMS + term));
    Writer out = new Harmless(to);
    out.write("{\"@context\":" + json(List.of(PROFILE + "/context", terms)) + ",\"@graph\":[");
    String before = "\n";
    for (Entity entity : entities.values()) {
      out.write(before + json(entity.fields));
      before = ",\n";
    }
    out.write("\n]}");
  }

  private static String json(Object value) {
    return switch (value) {
      case Entity other -> json(Map.of("@id", other.id));
      case Collection<?> one when one.size() == 1 -> json(one.iterator().next());
      case Collection<?> many ->
          many.stream().map(RoCrate::json).collect(Collectors.joining(",", "[", "]"));
      case Map<?, ?> fields ->
          fields.entrySet().stream()
              .filter(field -> !field.getValue().equals(Set.of())) // an empty reference
              .map(field -> json(field.getKey()) + ":" + json(field.getValue()))
              .collect(Collectors.joining(",", "{", "}"));
      default -> JsonText.string(value.toString());
    };
  }

  /**
   * Refuses a folder that exists or is inside torc's own folder.
   *
   * @param folder absolute
   * @param shown the folder as the user wrote it
   */
  static void refuse(Path folder, Path own, String shown) {
    String refused =
        Files.exists(folder, LinkOption.NOFOLLOW_LINKS)
            ? "it already exists; name a new folder"
            : folder.startsWith(own) ? ".torc is for what torc keeps; name another" : null;
    if (refused != null) {
      throw new BadInput("--ro-crate " + SafeText.name(shown) + ": " + refused);
    }
  }

  /**
   * Writes the crate to a new folder beside {@code folder}, then renames it; creates parents.
   * Throws {@link BadInput} if the crate would show a secret: masked names would be those of no
   * file.
   */
  void write(Path folder, Hidden hidden) throws IOException {
    StringWriter text = new StringWriter();
    write(text);
    if (!hidden.text(text.toString()).equals(text.toString())) {
      throw new BadInput(
          "--ro-crate: a name or command in the crate contains the value of a secret; change it");
    }
    Files.createDirectories(folder.getParent());
    Path fresh = folder.resolveSibling("." + RandomId.next() + ".torc-new");
    try {
      Files.createDirectory(fresh);
      for (Map.Entry<String, byte[]> source : files.entrySet()) {
        Path file = fresh.resolve(source.getKey());
        Files.createDirectories(file.getParent());
        Files.write(file, source.getValue());
      }
      // Written last and in one step: this file makes the folder a crate.
      WholeFile.write(fresh.resolve(METADATA), out -> out.write(text.toString()));
      Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      FileTree.remove(fresh);
      throw e;
    }
  }
}
