package dev.torc.front.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.torc.base.syntax.BadInput;
import dev.torc.core.model.Workflow;
import dev.torc.features.reading.BuildFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuildFileTest {

  @ParameterizedTest
  @ValueSource(strings = {"torc.yaml", "torc.yml", "torc.json"})
  void theNearestFileAboveIsFound(String name) throws Exception {
    try (Written files = new Written().file(name, "{}").file("a/b/c.txt")) {
      assertEquals(files.path(name), BuildFile.requireOne(BuildFile.nearest(files.path("a/b"))));
      files.file("a/torc.yaml", "{}");
      assertEquals(
          files.path("a/torc.yaml"), BuildFile.requireOne(BuildFile.nearest(files.path("a/b"))));
      assertEquals(files.path(name), BuildFile.requireOne(BuildFile.nearest(files.path(""))));
    }
  }

  @Test
  void twoSideBySideAreAnError() throws Exception {
    try (Written files = new Written().file("torc.yaml", "{}").file("torc.json", "{}")) {
      assertEquals(
          "/p/torc.yaml: torc.json also exists; keep one, or choose one with -f",
          assertThrows(
                  BadInput.class, () -> BuildFile.requireOne(BuildFile.nearest(files.path(""))))
              .getMessage());
    }
  }

  @Test
  void noneNamesTheNextStep() throws Exception {
    try (Written files = new Written().file("x")) {
      assertEquals(
          "no torc.yaml here or above; `torc init` writes one",
          assertThrows(
                  BadInput.class, () -> BuildFile.requireOne(BuildFile.nearest(files.path(""))))
              .getMessage());
    }
  }

  @Test
  void aFolderOfThatNameIsNoBuildFile() throws Exception {
    try (Written files = new Written().file("torc.yaml/x").file("torc.yml", "{}")) {
      assertEquals(files.path("torc.yml"), BuildFile.requireOne(BuildFile.nearest(files.path(""))));
    }
  }

  @Test
  void ofALinkTheFolderTheLinkStandsInIsTheRoot() throws Exception {
    try (Written files = new Written().file("shared/site.yaml", "name: x").file("mine/x")) {
      Path link = files.path("mine/torc.yaml");
      Files.createSymbolicLink(link, files.path("shared/site.yaml"));
      assertEquals(link, BuildFile.requireOne(BuildFile.nearest(files.path("mine"))));
      Workflow workflow = BuildFileLoader.load(List.of(link), new TreeMap<>());
      assertEquals(files.path("mine"), workflow.root());
      assertEquals(List.of(link), workflow.settings().files());
    }
  }
}
