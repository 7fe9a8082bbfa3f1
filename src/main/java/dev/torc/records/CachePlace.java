package dev.torc.records;

import dev.torc.hash.Digest;
import dev.torc.posix.FileStatus;
import dev.torc.posix.GroupAccess;
import dev.torc.posix.OwnFile;
import dev.torc.posix.OwnUser;
import dev.torc.records.Cache.CacheException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Tells where a root's cache is. {@code TORC_CACHE} names a folder elsewhere which many roots may
 * share: one environment each, named by the root's real path and a random id that the root keeps in
 * {@code .torc/id}, so that neither a copy of the root nor another root at the same path takes its
 * records for its own. It does not know what lies there.
 *
 * <p>A root is a network root where it lies on a network file system, or has a {@link #journal()},
 * since the machine that holds the disks of a network file system sees a local one. In a network
 * root the journal is the truth, and the database lies on each host's own disk.
 *
 * @param root the folder of the build file
 * @param folder {@code ROOT/.torc}
 * @param database the folder that holds {@code data.mdb}; until {@link #settle} it may be a guess
 * @param host this machine among those that share the root; null for a root of one host
 * @param group the group that writes to {@code .torc}, or to the root while there is none
 */
public record CachePlace(Path root, Path folder, Path database, ThisHost host, GroupAccess group) {

  /** Name of the folder for what rule 15 sets aside below {@code roots}. */
  public static final String KEPT_BELOW_ROOTS = ".torc-kept";

  /**
   * Returns the place for a root under an environment; creates nothing.
   *
   * @throws CacheException where a link stands in the place of one of its folders
   */
  public static CachePlace find(Path root, Map<String, String> env, ThisHost host) {
    Path folder = root.resolve(".torc");
    try {
      FileStatus there = FileStatus.of(folder.toString(), false);
      if (there.isLink()) {
        throw linked(folder, "remove it, and set TORC_CACHE to have the records elsewhere");
      }
      CachePlace place = at(root, folder, env, host, group(there.exists() ? folder : root, there));
      if (there.exists()) {
        refuseLink(place.logs());
        refuseLink(place.jobs());
        refuseLink(place.setAside(""));
      }
      if (place.elsewhere()) {
        refuseLink(place.database);
      }
      return place;
    } catch (IOException e) {
      throw CacheTrouble.of("cannot look at", folder, e);
    }
  }

  /**
   * @param known the folder's status; where that says that it is missing, another look is taken
   */
  private static GroupAccess group(Path folder, FileStatus known) throws IOException {
    FileStatus there = known.exists() ? known : FileStatus.of(folder.toString(), true);
    return (there.mode() & GroupAccess.WRITES) == 0 ? GroupAccess.NONE : GroupAccess.of(folder);
  }

  private static void refuseLink(Path folder) {
    if (Files.isSymbolicLink(folder)) {
      throw linked(folder, "remove it");
    }
  }

  private static CacheException linked(Path folder, String next) {
    return new CacheException(folder + " is a link, and torc follows none there: " + next);
  }

  private static CachePlace at(
      Path root, Path folder, Map<String, String> env, ThisHost host, GroupAccess group)
      throws IOException {
    boolean shared = host.networkKind(root).isPresent() || OwnFile.stands(journal(folder));
    String elsewhere = env.getOrDefault("TORC_CACHE", "");
    if (elsewhere.isEmpty() && !shared) {
      return new CachePlace(root, folder, folder, null, group);
    }
    Path base =
        elsewhere.isEmpty()
            ? host.databases()
            : root.getFileSystem().getPath(elsewhere).toAbsolutePath().normalize();
    if (elsewhere.isEmpty()) {
      HostFolder.check(base);
    }
    ThisHost sharing = shared ? host : null;
    Path database = base.resolve(name(root, readId(folder), base, sharing));
    return new CachePlace(root, folder, database, sharing, group);
  }

  private static Path journal(Path folder) {
    return folder.resolve("journal");
  }

  /** Returns whether other hosts may build here too. */
  public boolean isNetworkRoot() {
    return host != null;
  }

  /** Returns the file that holds the records of a network root. */
  public Path journal() {
    return journal(folder);
  }

  public Path logs() {
    return folder.resolve("logs");
  }

  /** Returns the files of the user that torc moved aside. */
  public Path setAside() {
    return folder.resolve("kept");
  }

  /** Returns what rule 15 set aside in a build. */
  public Path setAside(String build) {
    return setAside().resolve(build);
  }

  /** Returns the local store: what earlier runs made, by digest. */
  public Path store() {
    return folder.resolve("store");
  }

  /**
   * Returns where files are written before they move to their places; what is left there is of no
   * use.
   */
  public Path tmp() {
    return folder.resolve("tmp");
  }

  /** Returns where the members of folder products are while these are emptied or filled. */
  public Path moving() {
    return folder.resolve("moving");
  }

  /**
   * Returns the files that jobs read and write by the names in their environment, while they run.
   */
  public Path jobs() {
    return folder.resolve("jobs");
  }

  /** Returns what is handed out to schedulers, a folder for each executor. */
  public Path remote() {
    return folder.resolve("remote");
  }

  /** Returns the file of the build lock. */
  public Path lock() {
    return folder.resolve("lock");
  }

  /** Returns the file of the lock that other hosts of a network root see. */
  public Path networkLock() {
    return folder.resolve("lock.shared");
  }

  /**
   * Returns the file that says which torc holds the lock. On a network root it is not a locked
   * file: such a file cannot be read over SMB.
   */
  Path lockHolder() {
    return isNetworkRoot() ? folder.resolve("lock.by") : lock();
  }

  /** Returns the file of the marks of started attempts. */
  public Path running() {
    return folder.resolve("running");
  }

  /** Returns the file from whose times the clock of the file system is read. */
  public Path clock() {
    return folder.resolve("clock");
  }

  /**
   * Returns whether the database lies elsewhere: {@code TORC_CACHE} says so, or it is a network
   * root.
   */
  public boolean elsewhere() {
    return !database.equals(folder);
  }

  /**
   * Returns the name, for marks, of the cache that has the records of the jobs. A cache in {@code
   * .torc} keeps its name when the root is moved; all hosts of a network root use one name. Valid
   * once settled.
   */
  String owner() {
    if (!elsewhere() || isNetworkRoot()) {
      return ".";
    }
    return sum(database);
  }

  /** Returns the file of the graph that was made from the build files last. */
  public Path graph() {
    return database.resolve("graph");
  }

  /**
   * Returns the file about jobs that the last build left fresh; opening the cache for work takes it
   * away.
   */
  public Path rest() {
    return database.resolve("rest");
  }

  /** Returns the note that the database was closed in order; opening it for work takes it away. */
  Path closed() {
    return database.resolve("closed");
  }

  /** Returns the file of the database. */
  public Path data() {
    return database.resolve("data.mdb");
  }

  /** Returns LMDB's lock table. */
  Path lockTable() {
    return database.resolve("lock.mdb");
  }

  /**
   * Makes the folders and the root's id where they are missing.
   *
   * @return this place with the database's true folder
   */
  CachePlace settle() {
    Path at = folder;
    try {
      makeFolder(folder);
      if (!elsewhere()) {
        return this;
      }
      String id = readId(folder);
      if (id.isEmpty()) {
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        id = HexFormat.of().formatHex(random);
        // Whole or not at all: a torn id would give the root another database each time.
        byte[] line = (id + "\n").getBytes(StandardCharsets.UTF_8);
        at = folder.resolve("id");
        OwnFile.replace(at, out -> out.write(line));
        give(at);
      }
      Path settled = database.resolveSibling(name(root, id, database.getParent(), host));
      at = settled;
      if (isNetworkRoot() && settled.getParent().equals(host.databases())) {
        HostFolder.make(settled.getParent());
      }
      OwnFile.folder(settled);
      return new CachePlace(root, folder, settled, host, group);
    } catch (IOException e) {
      throw CacheTrouble.of("cannot make the cache", at, e);
    }
  }

  /** Makes one of torc's own folders below the root, for the group too. */
  public void makeFolder(Path own) throws IOException {
    OwnFile.folder(own);
    give(own);
  }

  /** Makes one of torc's own folders below the root, which other users may not read. */
  public void makePrivate(Path own) throws IOException {
    OwnFile.folder(own);
    group.giveAlone(own);
  }

  /** Makes folders below the root in which jobs are to work, those above them included. */
  public void makeFolders(Path inner) throws IOException {
    group.makeFolders(inner);
  }

  /** Lets the group write a file of torc's own below the root, which is about to be made anew. */
  public void ready(Path file) throws IOException {
    group.ready(file);
  }

  /** Lets the group write a file or folder of torc's own below the root, which was just made. */
  public void give(Path made) throws IOException {
    group.give(made);
  }

  /** Lets the group write a file beside the database, where the database lies below the root. */
  public void giveRecords(Path made) throws IOException {
    if (!elsewhere()) {
      give(made);
    }
  }

  /**
   * Throws {@link CacheException} with what the user has to change, where another member of the
   * group owns what this user has to write.
   */
  public void refuseOthers() {
    if (group.isNone()) {
      return;
    }
    List<Path> own =
        new ArrayList<>(
            List.of(folder, logs(), jobs(), setAside(""), remote(), store(), tmp(), moving()));
    own.addAll(List.of(lock(), running(), clock(), networkLock(), lockHolder(), journal()));
    own.addAll(List.of(data(), lockTable()));
    for (Path file : own) {
      String line = Files.exists(file) ? ForeignFile.line(file) : "";
      if (!line.isEmpty()) {
        throw new CacheException(line);
      }
    }
  }

  private static String readId(Path folder) {
    try {
      byte[] id = OwnFile.read(folder.resolve("id"));
      return new String(id, StandardCharsets.UTF_8).strip();
    } catch (IOException none) {
      return "";
    }
  }

  /**
   * Returns the name of a database's folder, with the host's name where other hosts may see the
   * base.
   */
  private static String name(Path root, String id, Path base, ThisHost host) {
    String own = host != null && host.networkKind(base).isPresent() ? "-" + host.name() : "";
    return sum(root) + "-" + (id.isEmpty() ? "new" : id) + own;
  }

  /** Returns the beginning of the digest of a folder's real path, which stands for the path. */
  private static String sum(Path folder) {
    Path real;
    try {
      real = folder.toRealPath();
    } catch (IOException gone) {
      real = folder.toAbsolutePath().normalize();
    }
    return Digest.ofText(real.toString()).hex().substring(0, 16);
  }

  /**
   * The folder of a user in a place where every user may write, as {@code /var/tmp}. It is used
   * only if it is the user's own and no other user can reach into it, since a folder that another
   * user made under this name could hold false records. It does not know what lies there.
   */
  private static final class HostFolder {

    private static final int OTHERS = 0077;

    private HostFolder() {}

    /** Makes it where it is missing; throws where it is not the user's own. */
    static void make(Path folder) throws IOException {
      try {
        Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (FileAlreadyExistsException there) {
        // then check() has to find it to be the right one
      }
      check(folder);
    }

    /** Throws {@link CacheException} where something else stands there; a missing one is good. */
    static void check(Path folder) {
      try {
        if (!isOwn(folder)) {
          throw new CacheException(
              folder
                  + ": it is not your own folder with mode 0700, so its records are not trusted;"
                  + " set TORC_CACHE to a folder of yours");
        }
      } catch (NoSuchFileException none) {
        return;
      } catch (IOException e) {
        throw CacheTrouble.of("cannot look at", folder, e);
      }
    }

    private static boolean isOwn(Path folder) throws IOException {
      OwnFile.refuseLink(folder);
      Map<String, Object> status =
          Files.readAttributes(folder, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
      return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          && ((int) status.get("mode") & OTHERS) == 0
          && OwnUser.is((int) status.get("uid"));
    }
  }
}
