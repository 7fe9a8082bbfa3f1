package dev.torc.session;

import dev.torc.hash.StampSource;
import dev.torc.records.CachePlace;
import java.nio.file.Path;
import java.util.Map;

/**
 * Who asks, and where: what a request does not say and still depends on.
 *
 * @param env the caller's environment
 * @param cwd the folder that the caller stands in, absolute
 */
public record Caller(Map<String, String> env, Path cwd, Host host) {

  /** The stamps of the files of a root: of a shared one, those of opened files. */
  public StampSource stamps(CachePlace place) {
    return place.isShared() ? host.stamps().opened() : host.stamps();
  }

  /** Where the cache of a root is for this caller. */
  public CachePlace place(Path root) {
    return CachePlace.find(root, env, host.here());
  }
}
