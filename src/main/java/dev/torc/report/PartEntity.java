package dev.torc.report;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;

/**
 * What a crate says of a {@link CratePart}: a file, a folder, a value, an image. Who read or made
 * it {@link RoCrate} says.
 */
final class PartEntity {

  /** What files with these ends most often are. */
  private static final Map<String, String> FORMATS =
      Map.ofEntries(
          Map.entry("csv", "text/csv"),
          Map.entry("gz", "application/gzip"),
          Map.entry("html", "text/html"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("jpg", "image/jpeg"),
          Map.entry("json", "application/json"),
          Map.entry("md", "text/markdown"),
          Map.entry("pdf", "application/pdf"),
          Map.entry("png", "image/png"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("tar", "application/x-tar"),
          Map.entry("tsv", "text/tab-separated-values"),
          Map.entry("txt", "text/plain"),
          Map.entry("xml", "application/xml"),
          Map.entry("yaml", "application/yaml"),
          Map.entry("yml", "application/yaml"),
          Map.entry("zip", "application/zip"));

  private PartEntity() {}

  /** Writes it as an entity of its own. */
  static void write(JsonLd out, CratePart part) throws IOException {
    switch (part.kind()) {
      case FILE -> file(out, part).text("contentSize", part.size() < 0 ? null : "" + part.size());
      case TOOL -> file(out, part).text("description", "A program that counts by what it holds.");
      case FOLDER ->
          out.entity(part.id(), "Dataset")
              .text("name", last(part.name()) + "/")
              .text("alternateName", part.name() + "/")
              .text("identifier", "torc-folder-sha256:" + part.digest())
              .refs("hasPart", CratePart.ids(part.members()));
      case LIST ->
          out.entity(part.id(), "Dataset")
              .text("name", part.name())
              .text("description", "What a need of this form stood for.")
              .refs("hasPart", CratePart.ids(part.members()));
      case VALUE ->
          out.entity(part.id(), "PropertyValue")
              .text("name", part.name())
              .text("value", part.value())
              .text("sha256", part.value() == null ? part.digest() : null);
      case VARIABLE ->
          out.entity(part.id(), "PropertyValue")
              .text("name", part.name())
              .text("value", part.value());
      case IMAGE -> image(out, part);
    }
  }

  /** The path of a file as torc has it is its other name, as the profiles want. */
  private static JsonLd file(JsonLd out, CratePart part) throws IOException {
    return out.entity(part.id(), "File")
        .text("name", last(part.name()))
        .text("alternateName", part.name())
        .text("encodingFormat", format(part.name()))
        .text("sha256", part.digest());
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static void image(JsonLd out, CratePart part) throws IOException {
    boolean file = part.name().endsWith(".sif");
    String name = part.name();
    int digest = name.indexOf('@');
    String tagged = digest < 0 ? name : name.substring(0, digest);
    int colon = tagged.lastIndexOf(':');
    boolean tag = !file && colon > tagged.lastIndexOf('/');
    String whole = tag ? tagged.substring(0, colon) : tagged;
    int slash = whole.indexOf('/');
    String host = slash < 0 ? "" : whole.substring(0, slash);
    boolean registry = !file && (host.indexOf('.') >= 0 || host.indexOf(':') >= 0);
    out.entity(part.id(), "ContainerImage")
        .ref("additionalType", RoCrate.TERMS + (file ? "SIFImage" : "DockerImage"))
        .text("registry", registry ? host : null)
        .text("name", registry ? whole.substring(slash + 1) : whole)
        .text("tag", tag ? tagged.substring(colon + 1) : null)
        .text("sha256", part.digest());
  }

  /** By the end of the name; null where that tells nothing. */
  static String format(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 ? null : FORMATS.get(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }
}
