package dev.torc.front.crate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torc.base.digests.Digest;
import dev.torc.base.syntax.Hidden;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a crate says of files, folders, values and images. {@code CrateCommandTest} tests what it
 * says of a project's runs; the validator of {@code RoCrateIT} tells whether it is a crate at all.
 */
class RoCrateTest {

  private static final String ONE = "1".repeat(64);
  private static final String TWO = "2".repeat(64);

  private final RoCrate crate = new RoCrate();

  /** The entities as they are written, by their ids. */
  private Map<String, JsonNode> written() throws IOException {
    StringWriter text = new StringWriter();
    crate.write(text);
    Map<String, JsonNode> all = new LinkedHashMap<>();
    for (JsonNode entity : new ObjectMapper().readTree(text.toString()).get("@graph")) {
      assertNull(all.put(entity.get("@id").asText(), entity), "twice: " + entity);
    }
    return all;
  }

  private String said(Entity entity, String field) throws IOException {
    return written().get(entity.id).path(field).asText(null);
  }

  @Test
  void aFileHasItsPathAsItsOtherName() throws IOException {
    Entity file = crate.file("in/a.csv", ONE, 12);
    assertEquals("#file/in/a.csv", file.id);
    assertEquals(
        "{\"@id\":\"#file/in/a.csv\",\"@type\":\"File\",\"name\":\"a.csv\","
            + "\"alternateName\":\"in/a.csv\",\"encodingFormat\":\"text/csv\",\"sha256\":\""
            + ONE
            + "\",\"contentSize\":\"12\"}",
        written().get(file.id).toString());
    assertNull(said(crate.file("b", TWO, -1), "contentSize"), "it is not known");
  }

  @Test
  void ofOneReferenceTheOneIsWrittenAndOfNoneNothing() throws IOException {
    Entity a = crate.file("a", ONE, 1);
    Entity b = crate.file("b", ONE, 1);
    Entity one = crate.entity("#one", "CreateAction").ref("object", a).ref("object", a);
    Entity two = crate.entity("#two", "CreateAction").refs("object", List.of(a, b));
    two.refs("result");
    assertEquals("{\"@id\":\"#file/a\"}", written().get(one.id).get("object").toString());
    assertEquals(2, written().get(two.id).get("object").size());
    assertFalse(written().get(two.id).has("result"));
  }

  @Test
  void theSamePathWithOtherBytesIsAnotherFile() throws IOException {
    Entity one = crate.file("a", ONE, 1);
    Entity other = crate.file("a", TWO, 1);
    assertSame(one, crate.file("a", ONE, 1));
    assertTrue(other.id.matches("#file/a@[0-9a-f]{12}"), other.id);
    assertEquals(TWO, said(other, "sha256"));
  }

  @Test
  void aNeededFolderOfAJobIsTheFolderThatItMade() throws IOException {
    Entity folder = crate.folder("out", ONE);
    assertSame(folder, crate.file("out", ONE, -1));
    assertNotSame(folder, crate.file("out", TWO, -1));
    assertEquals("torc-folder-sha256:" + ONE, said(folder, "identifier"));
  }

  /** Of two states of a folder, neither can be said to be the state with the file. */
  @Test
  void filesStandInTheFolderAroundThem() {
    Entity folder = crate.folder("out", ONE);
    Entity inside = crate.file("out/deep/x", TWO, 1);
    crate.folder("twice", ONE);
    crate.folder("twice", TWO);
    crate.file("twice/x", TWO, 1);
    crate.nest();
    assertEquals(List.of(inside), List.copyOf(folder.refs("hasPart")));
    crate.data().stream()
        .filter(each -> each.id.startsWith("#folder/twice"))
        .forEach(each -> assertEquals(List.of(), List.copyOf(each.refs("hasPart"))));
  }

  @Test
  void namesBecomeUrisThatCanBeReadBack() {
    for (String name :
        List.of(
            "a b",
            "50%",
            "x#y",
            "x?y",
            "{n}",
            "[1]",
            "a@b",
            "é",
            "日本",
            "a\tb",
            "\"",
            "\u202e",
            "/etc/x",
            "a:b",
            "t/n=1,s=a%20b")) {
      String id = RoCrate.id("file", name);
      assertEquals("file/" + name, URI.create(id).getFragment(), id);
    }
    assertEquals("#file/é%20%25%23%40%3F%5B", RoCrate.id("file", "é %#@?["));
  }

  @Test
  void anImageIsToldInItsParts() throws IOException {
    Entity image = crate.image("quay.io:443/bio/samtools:1.9", ONE);
    assertEquals("ContainerImage", said(image, "@type"));
    assertEquals("quay.io:443", said(image, "registry"));
    assertEquals("bio/samtools", said(image, "name"));
    assertEquals("1.9", said(image, "tag"));
    assertEquals(ONE, said(image, "sha256"));
    Entity plain = crate.image("alpine@sha256:" + TWO, TWO);
    assertEquals("alpine", said(plain, "name"));
    assertNull(said(plain, "registry"));
    Entity file = crate.image("tools/fit.sif", null);
    assertTrue(written().get(file.id).get("additionalType").toString().contains("SIFImage"));
    assertEquals("tools/fit.sif", said(file, "name"));
  }

  @Test
  void aValueIsToldWithItsTextOrWhereThatIsNotKnownWithItsDigest() throws IOException {
    Entity known = crate.value("train.loss", "0.25", null);
    assertEquals("0.25", said(known, "value"));
    assertNull(said(known, "sha256"));
    assertEquals(TWO, said(crate.value("long", null, TWO), "sha256"));
    String digest = Digest.ofText("0.25").hex();
    assertSame(known, crate.value("train.loss", null, digest), "its text is that of its maker");
    assertNull(said(known, "sha256"));
  }

  @Test
  void filesThatAreNoPartOfTheProjectAreNamedAndDoNotCome(@TempDir Path temp) throws IOException {
    Entity main = crate.source("torc.yaml", new byte[3], "File");
    assertEquals("3", said(main, "contentSize"));
    assertEquals("application/yaml", said(main, "encodingFormat"));
    assertEquals("#site//etc/site.yaml", crate.source("/etc/site.yaml", null, "File").id);
    crate.write(temp.resolve("new/crate"), new Hidden());
    assertEquals(List.of("ro-crate-metadata.json", "torc.yaml"), names(temp.resolve("new/crate")));
  }

  @Test
  void ofAFolderThatCannotBeWrittenNothingIsLeft(@TempDir Path temp) throws IOException {
    crate.source("x".repeat(300), new byte[3], "File"); // no file system has such names
    assertThrows(IOException.class, () -> crate.write(temp.resolve("crate"), new Hidden()));
    assertEquals(List.of(), names(temp));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
