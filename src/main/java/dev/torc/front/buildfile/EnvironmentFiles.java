package dev.torc.front.buildfile;

import dev.torc.base.digests.Digest;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.SourceFile;
import dev.torc.base.text.Refusal;
import dev.torc.core.decide.JobSelection.UserPaths;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the files that lock an environment, and remembers what it looked at: the graph of a build
 * file is read again if one of them changes.
 */
final class EnvironmentFiles {

  /** An option of a requirements file that names another one, or a folder that is not copied. */
  private static final Pattern OPTION =
      Pattern.compile("(-[rce]|--requirement|--constraint|--editable)[ =]*(.+)");

  /** What may follow a requirement: a marker, and options. */
  private static final Pattern MORE = Pattern.compile(" *;.*| +--.*");

  private static final Pattern LOCAL =
      Pattern.compile("(?:\\.{0,2}/|file:).*|(?![a-z+]+://)[^ ]+\\.(?:whl|tar\\.gz|zip)");

  private final Paths paths;
  private final List<BuildFile.Read> read = new ArrayList<>();
  private final SortedMap<String, List<String>> looked = new TreeMap<>();
  private final Set<String> bound = new HashSet<>();

  EnvironmentFiles(Paths paths) {
    this.paths = paths;
  }

  /** Returns the files that were read. */
  List<BuildFile.Read> read() {
    return read;
  }

  /** Returns the files that were looked for, each with what was found. */
  SortedMap<String, List<String>> looked() {
    return looked;
  }

  /** Returns whether a file names sources in this root, so that other roots need others. */
  boolean isBound(String file) {
    return bound.contains(file);
  }

  /**
   * Returns the nearest file with this name beside another file or in a folder above, in the root.
   */
  String nearest(String file, String name) {
    String beside = paths.normalize(UserPaths.parent(file) + "/" + name);
    for (String folder = UserPaths.parent(file); ; folder = UserPaths.parent(folder)) {
      String path = folder.isEmpty() ? name : folder + "/" + name;
      boolean there = Files.exists(paths.root().resolve(path));
      looked.put(Glob.escape(path), there ? List.of(path) : List.of());
      if (there) {
        return path;
      } else if (folder.isEmpty() || folder.equals("/")) {
        return folder.isEmpty() && UserPaths.parent(file).isEmpty() ? name : beside;
      }
    }
  }

  /**
   * Adds a requirements file with the files that it names to {@code files}; adds requirements
   * without an exact version to {@code loose}.
   */
  void requirements(String file, Place place, List<String> files, List<String> loose) {
    if (files.contains(file)) {
      return;
    }
    files.add(file);
    Path path = paths.root().resolve(file);
    boolean there = Files.exists(path);
    looked.put(Glob.escape(file), there ? List.of(file) : List.of());
    if (!there) {
      return; // a missing need is reported later
    }
    try {
      String text = text(file).replaceAll("\\\\\\R", " ");
      for (String each : text.split("\\R")) {
        line(each.replaceFirst("(?:^|\\s)#.*", "").strip(), file, place, files, loose);
      }
    } catch (IOException e) {
      throw new BadInput(place, Refusal.line(e));
    }
  }

  private String text(String file) throws IOException {
    Path path = paths.root().resolve(file);
    byte[] bytes = SourceFile.bytes(path, file);
    read.add(new BuildFile.Read(path, BuildFile.located(path), Digest.ofBytes(bytes)));
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Returns the file that says which Python uv takes, which its lock does not say. */
  Optional<String> pinnedPython(String project) {
    String file = nearest(project, ".python-version");
    return looked.get(Glob.escape(file)).isEmpty() ? Optional.empty() : Optional.of(file);
  }

  /** Returns the lock of a project of uv. Refuses one that copies folders, which do not count. */
  String uvLock(String project, Place place) {
    String lock = nearest(project, "uv.lock");
    try {
      String text = Files.exists(paths.root().resolve(lock)) ? text(lock) : "";
      Matcher copied = Pattern.compile("source = \\{ directory = \"([^\"]*)\"").matcher(text);
      if (copied.find()) {
        throw new BadInput(
            place,
            "%s installs a copy of the folder %s, whose changes would go unseen; add editable = true to its source"
                .formatted(lock, copied.group(1)));
      }
      if (text.contains("source = { editable = ") || text.contains("source = { path = ")) {
        bound.add(lock);
      }
      return lock;
    } catch (IOException e) {
      throw new BadInput(place, Refusal.line(e));
    }
  }

  private void line(String line, String file, Place place, List<String> files, List<String> loose) {
    Matcher option = OPTION.matcher(line);
    if (option.matches()) {
      String kind = option.group(1).replaceFirst("^-+", "");
      if (kind.startsWith("e")) {
        bound.add(file);
      } else {
        String folder = UserPaths.parent(file);
        String named = option.group(2).strip();
        requirements(
            paths.normalize(folder.isEmpty() ? named : folder + "/" + named),
            place,
            files,
            kind.startsWith("c") ? new ArrayList<>() : loose);
      }
      return;
    }
    String wanted = MORE.matcher(line).replaceFirst("");
    String source = wanted.replaceFirst("^[A-Za-z0-9._-]+ *(?:\\[[^]]*])? *@ *", "");
    if (LOCAL.matcher(source).matches()) {
      String local =
          paths.normalize(
              source
                  .replaceFirst("^file:(?://(?:localhost)?)?", "")
                  .replaceFirst("\\[[^]]*]$", ""));
      if (Files.isDirectory(paths.root().resolve(local))) {
        throw new BadInput(
            place,
            "%s installs a copy of the folder %s, whose changes would go unseen; write -e %2$s"
                .formatted(file, local));
      }
      files.add(local);
      bound.add(file);
    } else if (!wanted.isEmpty() && !wanted.startsWith("-") && !wanted.contains("==")) {
      loose.add(line.replaceFirst("//[^/@]*@", "//***@")); // a login is not shown
    }
  }
}
