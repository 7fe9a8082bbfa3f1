package dev.torc.front.buildfile;

import dev.torc.base.digests.Digest;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.SourceFile;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection.UserPaths;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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

  /** Matches an option of a requirements file that names another such file, or a folder. */
  private static final Pattern OPTION =
      Pattern.compile("(-[rce]|--requirement|--constraint|--editable)[ =]*(.+)");

  /** What may follow a requirement: a marker, and options. */
  private static final Pattern MORE = Pattern.compile(" *;.*| +--.*");

  private static final Pattern LOCAL_FILE =
      Pattern.compile("\\S+\\.(?:whl|tar\\.gz|zip|conda|tar\\.bz2)");

  private static final Pattern LOCAL =
      Pattern.compile("(?:\\.{0,2}/|file:).*|(?![a-z+]+://)" + LOCAL_FILE.pattern());

  /**
   * What building a package leaves in its folder. Names with a leading dot do not count, either.
   */
  private static final List<String> LEFT =
      List.of("build/**", "dist/**", "**/*.egg-info/**", "**/*.py[co]");

  /** A package in a lock of uv that lies in the file system. */
  private static final Pattern UV_LOCAL =
      Pattern.compile(
          "name = \"(.*)\"\\R(?:version = .*\\R)?source = \\{ (editable|path|directory) ="
              + " \"([^\"]*)\"");

  /** A package in a lock of pixi that lies in the file system, with the lines about it. */
  private static final Pattern PIXI_LOCAL =
      Pattern.compile("(?m)^- \\w+: (?:\\S+ @ )?([./]\\S*)((?:\\R .*)*)");

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
    for (String each : text(file, place).replaceAll("\\\\\\R", " ").split("\\R")) {
      line(each.replaceFirst("(?:^|\\s)#.*", "").strip(), file, place, files, loose);
    }
  }

  /** Returns the text of a file; empty if it is missing, which is reported later. */
  private String text(String file, Place place) {
    Path path = paths.root().resolve(file);
    boolean there = Files.exists(path);
    looked.put(Glob.escape(file), there ? List.of(file) : List.of());
    if (!there) {
      return "";
    }
    try {
      byte[] bytes = SourceFile.bytes(path, file);
      read.add(new BuildFile.Read(path, BuildFile.located(path), Digest.ofBytes(bytes)));
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new BadInput(place, Refusal.line(e));
    }
  }

  /**
   * Adds the lock of a project of uv, the file that says which Python it takes, and the files of
   * folders that it copies. Returns the options without which uv installs what it has built of
   * these folders before.
   */
  String uv(String project, Place place, List<String> files) {
    String lock = nearest(project, "uv.lock");
    String python = nearest(project, ".python-version");
    files.addAll(looked.get(Glob.escape(python)).isEmpty() ? List.of(lock) : List.of(lock, python));
    Matcher local = UV_LOCAL.matcher(text(lock, place));
    StringBuilder refresh = new StringBuilder();
    while (local.find()) {
      bound.add(lock);
      if (local.group(2).equals("directory")) {
        copied(lock, beside(lock, local.group(3)), place, files);
        refresh.append("--refresh-package ").append(SafeText.quoted(local.group(1))).append(' ');
      }
    }
    return refresh.toString();
  }

  /** Returns a path that is written in a file, relative to the folder of the file. */
  private String beside(String file, String path) {
    String folder = UserPaths.parent(file);
    return paths.normalize(folder.isEmpty() || path.startsWith("/") ? path : folder + "/" + path);
  }

  /** Adds the files of a folder of which a copy is installed. */
  private void copied(String file, String folder, Place place, List<String> files) {
    bound.add(file);
    if (paths.root().startsWith(paths.root().resolve(folder).normalize())) {
      throw new BadInput(
          place,
          "%s installs a copy of the folder %s, which holds all files of this root; make it editable"
              .formatted(file, folder));
    }
    String start = Glob.escape(folder) + "/";
    try {
      String pattern =
          GlobWalk.text(
              Glob.of(start + "**"), LEFT.stream().map(left -> Glob.of(start + left)).toList());
      looked.put(pattern, GlobWalk.find(paths.root(), pattern).files());
      files.addAll(looked.get(pattern));
    } catch (IOException e) {
      throw new BadInput(place, Refusal.line(e));
    }
  }

  /**
   * Returns whether manifest and lock of pixi can be copied: they name no files beside them.
   * Refuses a lock that copies folders, since pixi may install what it has built of them before.
   */
  boolean isPortable(String manifest, String lock, Place place) {
    String text = text(manifest, place);
    Matcher local = PIXI_LOCAL.matcher(text(lock, place));
    boolean found = false;
    while (local.find()) {
      found = true;
      boolean editable = (local.group(2) + text).matches("(?s).*editable *[:=] *true.*");
      if (!editable && !LOCAL_FILE.matcher(local.group(1)).matches()) {
        throw new BadInput(
            place,
            "%s installs a copy of the folder %s, whose changes would go unseen; add editable = true to it in %s"
                .formatted(lock, local.group(1), manifest));
      }
    }
    boolean portable = !found && !text.matches("(?s).*\\bscripts *=.*"); // of the activation
    if (!portable) {
      bound.add(lock);
    }
    return portable;
  }

  /**
   * Adds the files that an {@code environment.yml} names, and its requirements without an exact
   * version.
   */
  void conda(String file, Place place, List<String> files, List<String> loose) {
    boolean packages = false;
    boolean pip = false;
    for (String line : text(file, place).split("\\R")) {
      String each = line.replaceFirst("(?:^|\\s)#.*", "").strip();
      if (each.matches("\\w+:.*")) { // a key of the top level
        packages = each.equals("dependencies:");
        pip = false;
      } else if (packages && each.startsWith("-")) {
        String wanted = each.substring(1).strip().replaceAll("^[\"']|[\"']$", "");
        if (wanted.equals("pip:")) {
          pip = true;
        } else if (pip) {
          line(wanted, file, place, files, loose);
        } else if (!wanted.matches("[^<>!~=, ]+ *={1,2} *[^<>!~=,*]+(=.*)?")) {
          loose.add(wanted);
        }
      }
    }
  }

  private void line(String line, String file, Place place, List<String> files, List<String> loose) {
    Matcher option = OPTION.matcher(line);
    if (option.matches()) {
      String kind = option.group(1).replaceFirst("^-+", "");
      if (kind.startsWith("e")) {
        bound.add(file);
      } else {
        requirements(
            beside(file, option.group(2).strip()),
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
        copied(file, local, place, files);
      } else {
        files.add(local);
        bound.add(file);
      }
    } else if (!wanted.isEmpty() && !wanted.startsWith("-") && !wanted.contains("==")) {
      loose.add(line.replaceFirst("//[^/@]*@", "//***@")); // a login is not shown
    }
  }
}
