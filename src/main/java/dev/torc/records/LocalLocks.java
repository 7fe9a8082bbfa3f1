package dev.torc.records;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * That a network file system keeps range locks to this host, or has none, as the options of its
 * mount tell. The callers decide what follows.
 *
 * <p>Not known is what no option says. A FUSE file system whose program takes no locks has those of
 * the kernel, of this host alone, and its mount looks like any other: sshfs, s3fs, gcsfuse and
 * rclone are known by name to be such; bindfs passes locks on only with {@code
 * --enable-lock-forwarding}; GlusterFS, CephFS and JuiceFS do. BeeGFS goes by {@code
 * tuneUseGlobalFileLocks} in a file of its own, 9P by what its server does. All of these count as
 * file systems with locks, but for the four.
 *
 * @param told what the file system is and does, as {@code the file system (NFS, mounted with
 *     nolock) keeps locks to this host}
 * @param next how to have it otherwise, as an order; empty where there is no way
 */
public record LocalLocks(String told, String next) {

  /** Programs of FUSE that take no locks. */
  private static final Set<String> WITHOUT =
      Set.of("fuse.sshfs", "fuse.s3fs", "fuse.gcsfuse", "fuse.rclone");

  /**
   * What holds for a folder.
   *
   * @param folder may be missing
   * @return empty where locks reach other hosts, on local file systems, and where it cannot be told
   */
  static Optional<LocalLocks> at(Path folder) {
    try {
      byte[] table = Files.readAllBytes(Path.of("/proc/self/mountinfo"));
      return Mount.holding(
              new String(table, StandardCharsets.UTF_8), folder.toRealPath().toString())
          .flatMap(LocalLocks::of);
    } catch (IOException untold) {
      return Optional.empty();
    }
  }

  /**
   * What the options of a mount tell. Of NFS with {@code local_lock=flock} range locks still reach
   * the server; NFS 4 has no {@code nolock}, and the kernel does not show it there.
   */
  static Optional<LocalLocks> of(Mount mount) {
    String type = mount.type();
    return switch (type) {
      case "nfs", "nfs4" -> with(mount, "NFS", "nolock", "local_lock=all", "local_lock=posix");
      case "cifs", "smb3" -> with(mount, "SMB", "nobrl", "nolock");
      case "gfs2" -> with(mount, "GFS2", "localflocks");
      case "ocfs2" -> with(mount, "OCFS2", "localflocks");
      case "afs" -> with(mount, "AFS", "flock=local");
      case "lustre" -> lustre(mount.options());
      default ->
          WITHOUT.contains(type)
              ? Optional.of(keeps(type.substring("fuse.".length()), ""))
              : Optional.empty();
    };
  }

  private static Optional<LocalLocks> with(Mount mount, String name, String... options) {
    for (String option : options) {
      if (mount.options().contains(option)) {
        return Optional.of(keeps(name + ", mounted with " + option, "mount it without " + option));
      }
    }
    return Optional.empty();
  }

  private static Optional<LocalLocks> lustre(Set<String> options) {
    String next = "mount it with flock";
    if (options.contains("localflock")) {
      return Optional.of(keeps("Lustre, mounted with localflock", next));
    }
    return options.contains("flock")
        ? Optional.empty()
        : Optional.of(
            new LocalLocks("the file system (Lustre, mounted without flock) has no locks", next));
  }

  private static LocalLocks keeps(String which, String next) {
    return new LocalLocks("the file system (" + which + ") keeps locks to this host", next);
  }
}
