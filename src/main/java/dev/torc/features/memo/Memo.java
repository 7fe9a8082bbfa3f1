package dev.torc.features.memo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.torc.base.digests.StampSource;
import dev.torc.base.posix.ChildWait;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.Questions;
import dev.torc.base.posix.Questions.Depth;
import dev.torc.base.posix.RandomId;
import dev.torc.base.posix.Spawn;
import dev.torc.base.text.SafeText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The memo of a build in which nothing ran: a folder in {@code .torc/rest.d} from which the
 * launcher answers the same call while everything that the build asked has the same answer. It
 * holds no rule of torc. {@code seen} is the text that the launcher must compute again: the call,
 * and the status of the files in {@code names} (links not followed) and {@code links} (followed).
 * {@code ways} are names that must exist and not be links, {@code absent} the names that must be
 * missing, and {@code open} the folders in which they are missing. {@code vars} are the names of
 * variables, and {@code says} the launcher and the two parts of the last line.
 *
 * <p>Anything unusual means no memo. The launcher is tried once before a memo is kept. A memo is
 * never changed, and its name is never used again.
 */
public final class Memo {

  /** The number of memos in a root; the oldest is removed for a new one. */
  private static final int MOST = 4;

  /** Nanoseconds: a file that changed so late before the call may change again unseen (rule 4). */
  private static final long RACY = 20_000_000;

  /** The same where times have whole seconds. */
  private static final long RACY_SECONDS = 2_000_000_000;

  /** Variables that the launcher, the system's programs and the JVM read. */
  private static final List<String> OF_LAUNCHER =
      List.of(
          """
          TORC_JAVA_HOME JAVA_HOME JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS TORC_DEBUG
          TORC_TRAINING TORC_BUILDS MAKELEVEL LD_PRELOAD LD_LIBRARY_PATH GLIBC_TUNABLES
          POSIXLY_CORRECT
          """
              .split("\\s+"));

  /** The lines of {@code /proc/self/status} that count. */
  private static final List<String> OF_PROCESS = List.of("Umask:", "Uid:", "Gid:", "Groups:");

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Variables that make torc write something else, or Java say something else. */
  private static final Set<String> WITH_EFFECT =
      Set.of(
          """
          JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS GITHUB_ACTIONS GITHUB_STEP_SUMMARY
          TORC_PROFILE
          """
              .split("\\s+"));

  /** Variables of which the shell has values of its own. */
  private static final Set<String> OF_SHELL =
      Set.of(
          """
          _ IFS PWD OLDPWD PPID OPTIND OPTARG LINENO SHLVL RANDOM SECONDS UID EUID GROUPS PS1 PS2
          PS3 PS4 ENV BASH_ENV
          """
              .split("\\s+"));

  /** Thrown where something unusual means no memo; the message is a clause. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String why) {
      super(why);
    }
  }

  /**
   * The call that a memo answers.
   *
   * @param began milliseconds since 1970, before the first question
   * @param terminals a text that says which streams are terminals
   * @param before the last line up to the time, {@code after} the rest of it
   */
  public record AnsweredCall(
      List<String> words,
      AskedVariables env,
      Path launcher,
      long began,
      String terminals,
      String before,
      String after) {}

  private final Questions asked;
  private final AnsweredCall call;
  private final boolean looks; // whether it looks which files are links
  private final Path root;
  private final String lock;
  private final String rest; // the file of the fresh jobs
  private final Set<String> ways = new TreeSet<>();
  private final Set<String> absent = new TreeSet<>();
  private final Set<String> open = new TreeSet<>();
  private final StatusLines stamps = new StatusLines();
  private final StatusLines followed = new StatusLines();
  private final Set<Long> mounts = new HashSet<>();
  private long mount; // the last one in mounts
  private boolean asksRest;

  private Memo(Questions asked, AnsweredCall call, boolean looks) {
    this.asked = asked;
    this.looks = looks;
    this.call = call;
    this.root = asked.root();
    this.lock = root.resolve(".torc/lock").toString();
    this.rest = root.resolve(".torc/rest").toString();
  }

  /**
   * Removes all memos of a root, whose cache is in this folder, before a build does anything. If
   * that fails, as in a folder of another user, the memos still have the stamp of {@code rest}.
   */
  public static void removeAll(Path folder) {
    Questions.doubt("something may run");
    Path memos = folder.resolve("rest.d");
    try {
      if (Files.exists(memos, LinkOption.NOFOLLOW_LINKS)) {
        FileTree.remove(memos);
      }
    } catch (IOException kept) {
      return;
    }
  }

  /**
   * Leaves a memo, after the recording ended. Returns null, or why there is none. The build must
   * have settled that a memo may be left.
   */
  public static String leave(Questions asked, AnsweredCall call) {
    try {
      if (asked.root() == null) {
        return asked.doubt() == null ? "more than files decides" : asked.doubt();
      }
      // The try shows whether a file is a link: to look at each would take as long as all the rest.
      return new Memo(asked, call, false).write() || new Memo(asked, call, true).write()
          ? null
          : "the system's programs print something else";
    } catch (Refused why) {
      return why.getMessage();
    } catch (IOException e) {
      return "cannot write it: " + e.getMessage();
    }
  }

  /** Returns whether the launcher computes what this build saw; only then a memo is kept. */
  private boolean write() throws Refused, IOException {
    List<String> variables = variables();
    for (Depth depth : Depth.values()) {
      for (Map.Entry<String, FileStatus> each : asked.answers(depth).entrySet()) {
        sort(each.getKey(), depth, each.getValue());
      }
    }
    for (String program : List.of("stat", "cmp", "xargs")) {
      addProgram(program);
    }
    if (!asksRest) {
      throw new Refused("the file of the fresh jobs was not asked");
    }
    Path memos = root.resolve(".torc/rest.d");
    Path fresh = memos.resolve(".new-" + RandomId.next());
    OwnFile.folder(memos);
    try {
      Files.createDirectory(fresh);
      Files.write(fresh.resolve("names"), stamps.names());
      Files.write(fresh.resolve("links"), followed.names());
      list(fresh.resolve("ways"), ways, "\n");
      list(fresh.resolve("absent"), absent, "\n");
      list(fresh.resolve("open"), open, "\n");
      list(fresh.resolve("vars"), variables, "\n");
      list(fresh.resolve("says"), says(), "\n");
      byte[] seen = seen(variables);
      Files.write(fresh.resolve("seen"), seen);
      boolean same = isPrinted(fresh, seen);
      if (same) {
        keep(memos, fresh);
      }
      return same;
    } finally {
      FileTree.remove(fresh);
    }
  }

  /** Returns the names of the variables that decide; refuses those that a shell cannot compare. */
  private List<String> variables() throws Refused {
    Set<String> all = new TreeSet<>(call.env().asked());
    all.addAll(OF_LAUNCHER);
    all.remove("TORC_MEMO"); // the launcher looks at it first
    for (String name : all) {
      if (!NAME.matcher(name).matches() || name.startsWith("torc_")) {
        throw new Refused("it depends on a variable that no shell can name");
      }
      if (OF_SHELL.contains(name)) {
        throw new Refused("it depends on " + name + ", which the shell sets");
      }
      String value = call.env().quietly(name);
      if (value != null && !isPlain(value)) {
        throw new Refused("the value of " + name + " is not printable ASCII");
      }
      if (WITH_EFFECT.contains(name) && value != null && !value.isEmpty()) {
        throw new Refused(name + " is set");
      }
    }
    return List.copyOf(all);
  }

  /** Adds a question to the list from which the launcher asks it again. */
  private void sort(String name, Depth depth, FileStatus then) throws Refused, IOException {
    if (isOfLock(name)) {
      return;
    }
    if (!then.exists()) {
      if (FileStatus.of(name, false).exists()) {
        throw new Refused(name + " is a broken link, or came meanwhile");
      }
      addAbsent(name);
    } else if (depth == Depth.IDENTITY) {
      if (then.isLink() || FileStatus.of(name, false).isLink()) {
        throw new Refused(name + " is a link");
      }
      plain(name);
      ways.add(name);
    } else {
      boolean leads = looks && depth == Depth.FOLLOWED && FileStatus.of(name, false).isLink();
      boolean follows = depth == Depth.FOLLOWED && !leads;
      FileStatus itself = follows ? asked.answers(Depth.STAMP).get(name) : null;
      if (itself == null) {
        addStamp(name, leads, then);
      } else if (!itself.isUnchanged(then)) {
        throw new Refused(name + " changed meanwhile");
      }
    }
  }

  /** Returns whether torc writes a file in each build, so that its stamp decides nothing. */
  private boolean isOfLock(String name) {
    return name.startsWith(lock) && List.of("", ".by").contains(name.substring(lock.length()));
  }

  /**
   * Adds a stamp; {@code leads} for that of the file to which a link leads. For a file that is not
   * a link, following makes no difference, so one call of stat is enough for almost all files.
   */
  private void addStamp(String name, boolean leads, FileStatus then) throws Refused, IOException {
    long window = then.ctime() % 1_000_000_000 == 0 ? RACY_SECONDS : RACY;
    if (then.ctime() >= call.began() * 1_000_000 - window) {
      throw new Refused(name + " changed just before");
    }
    boolean known = !mounts.isEmpty() && then.mount() == mount;
    if (!known
        && mounts.add(then.mount())
        && !StampSource.keepsTimes(then.isLink() ? above(name) : name)) {
      throw new Refused("the file system of " + name + " does not keep times");
    }
    mount = then.mount();
    if (leads) {
      followed.add(name, then);
    } else {
      stamps.add(name, then);
      asksRest |= name.equals(rest);
    }
  }

  private static String above(String link) {
    return Path.of(link).toAbsolutePath().getParent().toString();
  }

  private void addAbsent(String name) throws Refused, IOException {
    Path missing = Path.of(name);
    Path folder = missing.getParent();
    while (folder != null && !FileStatus.of(folder.toString(), false).exists()) {
      missing = folder;
      folder = missing.getParent();
    }
    if (folder == null || !Files.isDirectory(folder)) {
      throw new Refused(name + " is missing in an unusual way");
    }
    plain("" + missing);
    absent.add("" + missing);
    open.add("" + folder);
  }

  /** Adds a program that the launcher uses, from the first of the two folders that has it. */
  private void addProgram(String name) throws Refused, IOException {
    boolean usual = Files.isExecutable(Path.of("/usr/bin", "stat"));
    Path program = Path.of(usual ? "/usr/bin" : "/bin", name);
    if (!Files.isExecutable(program)) {
      throw new Refused(program + " is missing");
    }
    String path = program.toString();
    sort(path, Depth.FOLLOWED, FileStatus.of(path, true));
  }

  /** Returns the text that the launcher has to compute again: see seen there. */
  private byte[] seen(List<String> variables) throws Refused, IOException {
    StringBuilder text = new StringBuilder();
    text.append(call.words().size()).append('\n');
    call.words().forEach(word -> text.append(word).append('\n'));
    text.append(root).append('\n');
    for (String line : Files.readAllLines(Path.of("/proc/self/status"), ISO_8859_1)) {
      if (OF_PROCESS.stream().anyMatch(line::startsWith)) {
        text.append(line).append('\n');
      }
    }
    text.append(Files.readString(Path.of("/proc/sys/kernel/random/boot_id"), US_ASCII));
    text.append(Files.readString(Path.of("/proc/self/limits"), US_ASCII));
    for (String name : variables) {
      String value = call.env().quietly(name);
      text.append(name).append(value == null ? "" : "=" + value).append('\n');
    }
    for (Collection<String> each : List.of(ways, open, absent, says())) {
      each.forEach(line -> text.append(line).append('\n'));
    }
    var seen = new ByteArrayOutputStream();
    seen.writeBytes(text.toString().getBytes(UTF_8));
    seen.writeBytes(stamps.lines());
    seen.writeBytes(followed.lines());
    return seen.toByteArray();
  }

  /** Lets the launcher compute the text once; returns whether it computes this one. */
  private boolean isPrinted(Path memo, byte[] seen) throws IOException {
    List<String> words = new ArrayList<>(List.of(call.launcher().toString(), memo.toString()));
    words.addAll(call.words());
    Path tried = memo.resolve("tried");
    var env = call.env().all().with(Map.of("TORC_MEMO", "try"));
    try (Spawn spawn = new Spawn()) { // ProcessBuilder would load twice as many classes
      ChildWait.reap(spawn.start(words, root, env, new Spawn.Streams(tried, false, false), null));
    }
    boolean same = Arrays.equals(seen, Files.readAllBytes(tried));
    Files.delete(tried);
    return same;
  }

  /** Moves a memo into place, under a name that the launcher finds by the call. */
  private void keep(Path memos, Path fresh) throws IOException {
    String words = String.join(" ", call.words());
    String kind = "-" + call.words().size() + "-" + words.length() + "-" + call.terminals();
    List<Path> old = new ArrayList<>(FileTree.entries(memos));
    old.remove(fresh);
    old.sort(null);
    for (Path each : old) {
      String name = each.getFileName().toString();
      if (name.startsWith(".")
          || name.endsWith(kind)
          || old.size() >= MOST && old.indexOf(each) <= old.size() - MOST) {
        FileTree.remove(each);
      }
    }
    String unique = System.currentTimeMillis() + "-" + RandomId.next() + kind;
    Files.move(fresh, memos.resolve(unique), StandardCopyOption.ATOMIC_MOVE);
  }

  private List<String> says() {
    return List.of(call.launcher().toString(), call.before(), call.after());
  }

  private static void list(Path file, Collection<String> all, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    all.forEach(each -> text.append(each).append(end));
    Files.write(file, text.toString().getBytes(UTF_8));
  }

  /** Refuses a name that a shell may read differently. */
  private static void plain(String name) throws Refused {
    if (!isPlain(name)) {
      throw new Refused(SafeText.name(name) + " is not printable ASCII");
    }
  }

  /** Returns whether a text is one line of printable ASCII. */
  public static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }
}
