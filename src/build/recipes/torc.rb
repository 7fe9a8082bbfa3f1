# Homebrew: goes to Formula/torc.rb of a tap.
class Torc < Formula
  desc "Make-like incremental build engine, driven by the contents of files"
  homepage "@URL@"
  version "@VERSION@"
  license "Apache-2.0"

  on_macos do
    on_arm do
      url "@URL@/torc-@VERSION@-macos-aarch64.tar.gz"
      sha256 "@SHA256 macos-aarch64@"
    end
    on_intel do
      url "@URL@/torc-@VERSION@-macos-x86_64.tar.gz"
      sha256 "@SHA256 macos-x86_64@"
    end
  end
  on_linux do
    on_arm do
      url "@URL@/torc-@VERSION@-linux-aarch64.tar.gz"
      sha256 "@SHA256 linux-aarch64@"
    end
    on_intel do
      url "@URL@/torc-@VERSION@-linux-x86_64.tar.gz"
      sha256 "@SHA256 linux-x86_64@"
    end
  end

  def install
    libexec.install Dir["*"]
    bin.install_symlink libexec/"bin/torc"
    man1.install_symlink libexec/"share/man/man1/torc.1"
    bash_completion.install_symlink libexec/"share/bash-completion/completions/torc"
    fish_completion.install_symlink libexec/"share/fish/vendor_completions.d/torc.fish"
    zsh_completion.install_symlink libexec/"share/zsh/site-functions/_torc"
  end

  test do
    (testpath/"torc.yaml").write("jobs: {a: {command: 'echo hello > out', produces: [out]}}")
    system bin/"torc"
    assert_equal "hello\n", (testpath/"out").read
  end
end
