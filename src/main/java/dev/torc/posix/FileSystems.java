package dev.torc.posix;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Tells file systems of other machines from local ones. What follows from it, others decide. */
public final class FileSystems {

  private static final Set<String> NETWORK_NAMES =
      Set.of("nfs", "smbfs", "afpfs", "webdav", "ftp", "acfs", "lustre", "macfuse", "osxfuse");

  private FileSystems() {}

  /**
   * What kind of network file system a path lies on.
   *
   * @param path something that exists on the default file system
   * @return a name for people (NFS, Lustre …); empty for local ones and where it cannot be told
   */
  public static Optional<String> networkKind(Path path) {
    String name =
        Libc.MAC && Libc.symbol("statfs$INODE64").isPresent() ? "statfs$INODE64" : "statfs";
    Optional<Call> statfs = Call.find(name); // int statfs(const char *path, struct statfs *)
    if (statfs.isEmpty()) {
      return Optional.empty();
    }
    Memory status = Memory.of(4096); // the largest, that of macOS, has 2168 bytes
    Memory text = Memory.ofText(path.toString());
    int result = statfs.get().call(text.address(), status.address());
    Reference.reachabilityFence(text);
    Optional<String> found = Optional.empty();
    if (result == 0 && Libc.MAC) { // f_fstypename, 16 bytes after f_fssubtype
      byte[] type = Memory.textAt(status.address() + 72);
      found =
          Optional.of(new String(type, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT))
              .filter(NETWORK_NAMES::contains);
    } else if (result == 0) {
      found = kind((int) status.getLong(0));
    }
    Reference.reachabilityFence(status);
    return found;
  }

  /**
   * The name of a network file system by its {@code f_type} on Linux: linux/magic.h, and what
   * Lustre, GPFS, BeeGFS and others put there. A FUSE file system may be anything; most that people
   * keep projects on (sshfs, s3fs, gcsfuse) are remote, so it counts as such.
   */
  static Optional<String> kind(int type) {
    return Optional.ofNullable(
        switch (type) {
          case 0x6969 -> "NFS";
          case 0xff534d42, 0xfe534d42, 0x517b -> "SMB";
          case 0x0bd00bd0 -> "Lustre";
          case 0x47504653 -> "GPFS";
          case 0x19830326 -> "BeeGFS";
          case 0x00c36400 -> "Ceph";
          case 0x01021997 -> "9P";
          case 0x5346414f, 0x6b414653 -> "AFS";
          case 0x73757245 -> "Coda";
          case 0x01161970 -> "GFS2";
          case 0x7461636f -> "OCFS2";
          case 0xaad7aaea -> "PanFS";
          case 0x013111a8 -> "IBRIX";
          case 0x65735546 -> "FUSE";
          default -> null;
        });
  }
}
