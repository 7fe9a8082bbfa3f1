package dev.torc.features.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.syntax.Glob;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The patterns by which the script of a batch finds the products of globs. */
class ProductPatternTest {

  @Test
  void thePatternForTheNodeMatchesAtLeastTheSame() {
    Path root = Path.of("/p q/root");
    for (String pattern :
        List.of("*.csv", "a/*.csv", "a/**", "**/x", "a/[bc]/*.x", "a/{b,c/d}.x", "a/b?c", "/o/*")) {
      var told = RemoteProducts.pattern(root, pattern);
      for (String path :
          List.of(
              "a.csv", "a/b.csv", "a/b/c/x", "x", "a/x", "a/b/y.x", "a/c/d.x", "a/b c", "/o/z")) {
        String full = root.resolve(path).toString();
        if (Glob.of(pattern).matches(path)) {
          assertTrue(full.startsWith(told.folder() + "/"), pattern + " " + path);
          assertTrue(find(told.like(), full), pattern + " " + path + " " + told);
          assertTrue(!find(told.beyond(), full.substring(0, full.lastIndexOf('/'))), path);
        }
      }
    }
    assertEquals("/p*q/root/*", RemoteProducts.pattern(root, "*.csv").beyond());
    assertEquals("/p*q/root/*.csv", RemoteProducts.pattern(root, "*.csv").like());
  }

  private static boolean find(String pattern, String path) {
    return path.matches(("\\Q" + pattern + "\\E").replace("*", "\\E.*\\Q"));
  }
}
