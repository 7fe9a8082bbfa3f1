package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines of Linux's table of mounts, and what they tell about locks. */
class LocalLocksTest {

  private static final String NFS =
      ",rsize=1048576,wsize=1048576,namlen=255,hard,proto=tcp,timeo=600,retrans=2,sec=sys";

  private static final String TABLE =
      """
      22 27 0:21 / /proc rw,relatime - proc proc rw
      27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard,errors=remount-ro
      28 27 0:25 / /home rw,relatime shared:7 - nfs4 srv:/home rw,vers=4.2%1$s,local_lock=none
      29 27 0:26 / /v3 rw - nfs srv:/v3 rw,vers=3%1$s,mountproto=udp,local_lock=none,addr=192.0.2.1
      30 27 0:27 / /no rw - nfs srv:/no rw,vers=3%1$s,nolock,local_lock=all,addr=192.0.2.1
      31 27 0:28 / /all rw - nfs srv:/all rw,vers=3%1$s,local_lock=all,addr=192.0.2.1
      32 27 0:29 / /posix rw - nfs srv:/p rw,vers=3%1$s,local_lock=posix,addr=192.0.2.1
      33 27 0:30 / /flock rw - nfs srv:/f rw,vers=3%1$s,local_lock=flock,addr=192.0.2.1
      34 27 0:31 / /smb rw,relatime - cifs //srv/share rw,vers=3.1.1,cache=strict,uid=0,noforceuid
      35 27 0:32 / /nobrl rw,relatime - cifs //srv/share rw,vers=3.1.1,cache=strict,nobrl,uid=0
      36 27 0:33 / /smb3 rw,relatime - smb3 //srv/share rw,vers=3.1.1,nobrl
      37 27 0:34 / /lustre rw - lustre 192.0.2.2@tcp:/scratch rw,flock,user_xattr,lazystatfs
      38 27 0:35 / /lustre-none rw - lustre 192.0.2.2@o2ib:/scratch rw,seclabel,lazystatfs
      39 27 0:36 / /lustre-local rw - lustre 192.0.2.2@tcp:/scratch rw,localflock,lazystatfs
      40 27 0:37 / /sshfs rw,nosuid,nodev,relatime - fuse.sshfs me@srv:/d rw,user_id=0,group_id=0
      41 27 0:38 / /s3 rw,nosuid,nodev - fuse.s3fs s3fs rw,user_id=0,group_id=0
      42 27 0:39 / /bind rw,relatime - fuse /d rw,user_id=0,group_id=0,default_permissions
      43 27 0:40 / /gluster rw,relatime - fuse.glusterfs srv:/v rw,user_id=0,max_read=131072
      44 27 0:41 / /gfs2 rw,relatime - gfs2 /dev/sdb rw,localflocks
      45 27 0:42 / /ocfs2 rw,relatime - ocfs2 /dev/sdc rw,_netdev,heartbeat=local,localflocks
      46 27 0:43 / /afs rw,relatime - afs #root.cell rw,dyn,flock=local
      47 27 0:44 / /gpfs rw,relatime - gpfs gpfs0 rw
      48 27 0:45 / /a\\040b\\134c\\011d rw,relatime - nfs srv:/x rw,nolock
      49 27 0:46 / /no/deep rw,relatime - ext4 /dev/sdd rw
      50 27 0:47 / /twice rw,relatime - nfs srv:/one rw,nolock
      51 50 0:48 / /twice rw,relatime - nfs srv:/two rw,local_lock=none
      52 27 0:49 / /empty rw,relatime - fuse.sshfs  rw,user_id=0
      """
          .formatted(NFS);

  private static String told(String path) {
    return FileSystems.mount(TABLE, path)
        .flatMap(LocalLocks::of)
        .map(local -> local.finding() + "; " + local.next())
        .orElse("");
  }

  private static String keeps(String which, String next) {
    return "the file system (" + which + ") keeps locks to this host; " + next;
  }

  @Test
  void ofNfsItIsTheRangeLockThatCounts() {
    assertEquals("", told("/home/anna/project"));
    assertEquals("", told("/v3/project"));
    assertEquals("", told("/flock/project"), "only flock stays here");
    assertEquals(keeps("NFS, mounted with nolock", "mount it without nolock"), told("/no/p"));
    assertEquals(
        keeps("NFS, mounted with local_lock=all", "mount it without local_lock=all"), told("/all"));
    assertEquals(
        keeps("NFS, mounted with local_lock=posix", "mount it without local_lock=posix"),
        told("/posix/p"));
  }

  @Test
  void ofSmbAndTheFileSystemsOfClusters() {
    assertEquals("", told("/smb/p"));
    assertEquals(keeps("SMB, mounted with nobrl", "mount it without nobrl"), told("/nobrl/p"));
    assertEquals(keeps("SMB, mounted with nobrl", "mount it without nobrl"), told("/smb3/p"));
    assertEquals(
        keeps("GFS2, mounted with localflocks", "mount it without localflocks"), told("/gfs2/p"));
    assertEquals(
        keeps("OCFS2, mounted with localflocks", "mount it without localflocks"), told("/ocfs2"));
    assertEquals(
        keeps("AFS, mounted with flock=local", "mount it without flock=local"), told("/afs/p"));
    assertEquals("", told("/gpfs/p"));
  }

  @Test
  void ofLustreLocksAreAskedFor() {
    assertEquals("", told("/lustre/p"));
    assertEquals(
        keeps("Lustre, mounted with localflock", "mount it with flock"), told("/lustre-local/p"));
    assertEquals(
        "the file system (Lustre, mounted without flock) has no locks; mount it with flock",
        told("/lustre-none/p"));
  }

  @Test
  void ofFuseByTheNameOfTheProgram() {
    assertEquals(keeps("sshfs", ""), told("/sshfs/p"));
    assertEquals(keeps("sshfs", ""), told("/empty/p"), "without a source");
    assertEquals(keeps("s3fs", ""), told("/s3/p"));
    assertEquals("", told("/bind/p"));
    assertEquals("", told("/gluster/p"));
  }

  @Test
  void theDeepestMountCountsAndOfEqualOnesTheLast() {
    assertEquals("", told("/no/deep/p"));
    assertEquals("", told("/no/deep"));
    assertEquals(keeps("NFS, mounted with nolock", "mount it without nolock"), told("/no/deeper"));
    assertEquals("", told("/nothing"), "a name that only begins alike");
    assertEquals("", told("/twice/p"));
    assertEquals("ext4", FileSystems.mount(TABLE, "/").orElseThrow().type());
  }

  @Test
  void namesOfMountsAreEscaped() {
    assertEquals("/a b\\c\td", FileSystems.mount(TABLE, "/a b\\c\td/p").orElseThrow().point());
    assertEquals(
        keeps("NFS, mounted with nolock", "mount it without nolock"), told("/a b\\c\td/p"));
    String odd = "1 2 0:1 / /x\\ rw - nfs s rw\n1 2 0:1 / /y\\9 rw - nfs s rw\n";
    assertEquals("/x\\", FileSystems.mount(odd, "/x\\/p").orElseThrow().point());
    assertEquals("/y\\9", FileSystems.mount(odd, "/y\\9").orElseThrow().point());
  }

  @Test
  void otherLinesThanThoseOfTheTableAreSkipped() {
    String odd = "\ngarbage\n1 2 - nfs srv rw\n - \n1 2 0:1 / /x rw - nfs\n";
    assertEquals(Optional.empty(), FileSystems.mount(odd, "/x"));
    assertEquals(Optional.empty(), FileSystems.mount("", "/"));
  }

  @Test
  void aFolderOfThisMachineIsLookedUpForWhatItIs(@TempDir Path temp) {
    assertEquals(Optional.empty(), LocalLocks.at(temp.resolve("missing")));
  }
}
