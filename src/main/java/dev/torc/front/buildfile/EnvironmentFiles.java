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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the files that lock an environment. */
final class EnvironmentFiles {

  /**
   * What was read and looked for: the graph of a build file is read again if any of it changes.
   *
   * @param found the files that were looked for, each with what was found
   */
  record Looked(List<BuildFile.Read> read, SortedMap<String, List<String>> found) {}

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
  private final Place place;
  private final Looked looked;
  private final SequencedSet<String> files = new LinkedHashSet<>();
  private final List<String> loose = new ArrayList<>();
  private boolean bound;

  EnvironmentFiles(Paths paths, Place place, Looked looked) {
    this.paths = paths;
    this.place = place;
    this.looked = looked;
  }

  /** Returns the files whose bytes count. */
  List<String> files() {
    return List.copyOf(files);
  }

  /** Returns the requirements without an exact version. */
  List<String> loose() {
    return loose;
  }

  /** Returns whether sources of this root are installed, so that other roots need others. */
  boolean isBound() {
    return bound;
  }

  /** Adds files that only count. */
  void add(List<String> counting) {
    files.addAll(counting);
  }

  /**
   * Returns the nearest file with this name beside another file or in a folder above, in the root.
   */
  private String nearest(String file, String name) {
    for (String folder = UserPaths.parent(file); ; folder = UserPaths.parent(folder)) {
      String path = folder.isEmpty() ? name : folder + "/" + name;
      if (isThere(path)) {
        return path;
      } else if (folder.isEmpty() || folder.equals("/")) {
        return beside(file, name);
      }
    }
  }

  private boolean isThere(String path) {
    boolean there = Files.exists(paths.root().resolve(path));
    looked.found.put(Glob.escape(path), there ? List.of(path) : List.of());
    return there;
  }

  /** Returns a path that is written in a file, relative to the folder of the file. */
  private String beside(String file, String path) {
    String folder = UserPaths.parent(file);
    return paths.normalize(folder.isEmpty() || path.startsWith("/") ? path : folder + "/" + path);
  }

  /** Returns the text of a file; empty if it is missing, which is reported later. */
  private String text(String file) {
    Path path = paths.root().resolve(file);
    if (!isThere(file)) {
      return "";
    }
    try {
      byte[] bytes = SourceFile.bytes(path, file);
      looked.read.add(new BuildFile.Read(path, BuildFile.located(path), Digest.ofBytes(bytes)));
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
  String uv(String project) {
    String lock = nearest(project, "uv.lock");
    files.add(lock);
    String python = nearest(project, ".python-version");
    if (isThere(python)) {
      files.add(python);
    }
    Matcher local = UV_LOCAL.matcher(text(lock));
    StringBuilder refresh = new StringBuilder();
    while (local.find()) {
      bound = true;
      if (local.group(2).equals("directory")) {
        copied(lock, beside(lock, local.group(3)));
        refresh.append("--refresh-package ").append(SafeText.quoted(local.group(1))).append(' ');
      }
    }
    return refresh.toString();
  }

  /** Adds the files of a folder of which a copy is installed. */
  private void copied(String file, String folder) {
    bound = true;
    if (paths.root().startsWith(paths.root().resolve(folder).normalize())) {
      throw new BadInput(
          place,
          "%s installs a copy of the folder %s, which holds all files of this root; make it editable"
              .formatted(file, folder));
    }
    String start = Glob.escape(folder) + "/";
    List<Glob> left = LEFT.stream().map(each -> Glob.of(start + each)).toList();
    String pattern = GlobWalk.text(Glob.of(start + "**"), left);
    try {
      looked.found.put(pattern, GlobWalk.find(paths.root(), pattern).files());
      files.addAll(looked.found.get(pattern));
    } catch (IOException e) {
      throw new BadInput(place, Refusal.line(e));
    }
  }

  /**
   * Adds the lock of pixi. Returns whether manifest and lock can be copied: they name no files
   * beside them. Refuses a lock that copies folders, since pixi may install what it has built of
   * them before.
   */
  boolean pixi(String manifest, String lock) {
    files.add(lock);
    String text = text(manifest);
    bound = text.matches("(?s).*\\bscripts *=.*"); // of the activation
    Matcher local = PIXI_LOCAL.matcher(text(lock));
    while (local.find()) {
      bound = true;
      boolean editable = (local.group(2) + text).matches("(?s).*editable *[:=] *true.*");
      if (!editable && !LOCAL_FILE.matcher(local.group(1)).matches()) {
        throw new BadInput(
            place,
            "%s installs a copy of the folder %s, whose changes would go unseen; add editable = true to it in %s"
                .formatted(lock, local.group(1), manifest));
      }
    }
    return !bound;
  }

  /** Adds an {@code environment.yml} and the files that it names. */
  void conda(String file) {
    boolean packages = false;
    boolean pip = false;
    for (String line : text(file).split("\\R")) {
      String each = uncommented(line);
      if (each.matches("\\w+:.*")) { // a key of the top level
        packages = each.equals("dependencies:");
        pip = false;
      } else if (packages && each.startsWith("-")) {
        String wanted = each.substring(1).strip().replaceAll("^[\"']|[\"']$", "");
        if (wanted.equals("pip:")) {
          pip = true;
        } else if (pip) {
          requirement(wanted, file, loose);
        } else if (!wanted.matches("[^<>!~=, ]+ *={1,2} *[^<>!~=,*]+(=.*)?")) {
          loose.add(wanted);
        }
      }
    }
  }

  /**
   * Adds a requirements file and the files that it names; adds requirements without an exact
   * version to {@code open}.
   */
  void requirements(String file, List<String> open) {
    if (files.add(file)) {
      for (String each : text(file).replaceAll("\\\\\\R", " ").split("\\R")) {
        requirement(uncommented(each), file, open);
      }
    }
  }

  private static String uncommented(String line) {
    return line.replaceFirst("(?:^|\\s)#.*", "").strip();
  }

  private void requirement(String line, String file, List<String> open) {
    Matcher option = OPTION.matcher(line);
    if (option.matches()) {
      String kind = option.group(1).replaceFirst("^-+", "");
      if (kind.startsWith("e")) {
        bound = true;
      } else {
        List<String> into = kind.startsWith("c") ? new ArrayList<>() : open;
        requirements(beside(file, option.group(2).strip()), into);
      }
      return;
    }
    String wanted = MORE.matcher(line).replaceFirst("");
    String source = wanted.replaceFirst("^[A-Za-z0-9._-]+ *(?:\\[[^]]*])? *@ *", "");
    if (LOCAL.matcher(source).matches()) {
      String bare = source.replaceFirst("^file:(?://(?:localhost)?)?", "");
      String local = paths.normalize(bare.replaceFirst("\\[[^]]*]$", ""));
      if (Files.isDirectory(paths.root().resolve(local))) {
        copied(file, local);
      } else {
        files.add(local);
        bound = true;
      }
    } else if (!wanted.isEmpty() && !wanted.startsWith("-") && !wanted.contains("==")) {
      open.add(line.replaceFirst("//[^/@]*@", "//***@")); // a login is not shown
    }
  }
}
