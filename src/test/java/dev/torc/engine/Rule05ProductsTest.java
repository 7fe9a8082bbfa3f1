package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rule 5: products are verified by digest, not by existence. */
class Rule05ProductsTest extends Harness {

  @BeforeEach
  void aProject() {
    given(
        """
        a: { command: make a, needs: [x], produces: [a.out, dir/, 'g/*.o'] }
        b: { command: make b, needs: [a.out, dir/, 'g/*.o'], produces: [b.out] }
        """);
    edit("x", "1");
    build();
    settled();
  }

  @Test
  void anEditedProductIsMadeAgain() {
    String made = read("a.out");
    edit("a.out", "mine");
    build().ran("a");
    assertEquals(made, read("a.out"));
    settled();
  }

  @Test
  void aDeletedProductIsMadeAgain() {
    String made = read("a.out");
    delete("a.out");
    build().ran("a");
    assertEquals(made, read("a.out"));
  }

  @Test
  void aFileInAFolderProductCounts() {
    edit("dir/in", "mine");
    build().ran("a");
    assertEquals("product altered dir", why("a"));
    edit("dir/more", "mine");
    build().ran("a");
    delete("dir/in");
    build().ran("a");
    settled();
  }

  @Test
  void aMatchOfAGlobProductCounts() {
    delete("g/one.o");
    build().ran("a");
    assertEquals("product missing g/one.o", why("a"));
    settled();
  }

  @Test
  void aFolderInThePlaceOfAProductIsNoProduct() {
    delete("a.out");
    edit("a.out/mine", "1");
    build().ran("a");
    assertEquals("product missing a.out", why("a"));
    keptText("1");
    settled();
  }

  @Test
  void aProductThatIsALinkIsKnownByWhatItLeadsTo() throws Exception {
    given("a: { command: make a, needs: [x], produces: [l] }");
    job(
        "a",
        stub -> {
          java.nio.file.Files.createSymbolicLink(
              stub.root().resolve("l"), stub.root().resolve("x"));
          return stub.exit(0);
        });
    build().ran("a");
    build().ran();
    edit("x", "2");
    build().ran("a");
    assertEquals(0, exit);
    assertEquals(java.util.List.of(), kept());
  }
}
