# Builds and installs the command, its manual and completions, and the libraries for C.
#
#   make                        build
#   make install PREFIX=/opt    install; DESTDIR is put before every path
#   make uninstall PREFIX=/opt  remove what install put there
PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
INSTALL ?= install

header = Sources/CHeader/include/flatline.h
pluginHeader = Sources/CHeader/include/flatline_plugin.h
version := $(shell sed -n 's/^.define FLATLINE_VERSION "\(.*\)"/\1/p' $(header))
# The ABI's number: the last part that may change what programs rely on.
soname = libflatline.so.$(firstword $(subst ., ,$(version)))
build = .build/install
flags = -c release --static-swift-stdlib

bin = $(DESTDIR)$(PREFIX)/bin
lib = $(DESTDIR)$(PREFIX)/lib
include = $(DESTDIR)$(PREFIX)/include
man1 = $(DESTDIR)$(PREFIX)/share/man/man1
bash = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
zsh = $(DESTDIR)$(PREFIX)/share/zsh/site-functions
fish = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d

.PHONY: build install uninstall clean
build:
	$(SWIFT) build $(flags) --product flatline
	$(SWIFT) build $(flags) --product FlatlineStatic
	mkdir -p $(build)
	products=$$($(SWIFT) build $(flags) --show-bin-path) && \
	  cp "$$products/flatline" $(build)/flatline && \
	  Sources/CInterface/Linking/link "$$products/FlatlineStatic.product/Objects.LinkFileList" $(build) $(soname)
	strip $(build)/flatline
	$(build)/flatline completions bash >$(build)/completions.bash
	$(build)/flatline completions zsh >$(build)/completions.zsh
	$(build)/flatline completions fish >$(build)/completions.fish
	sed -e 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(version)|' Sources/CInterface/Linking/flatline.pc >$(build)/flatline.pc

install: build
	$(INSTALL) -d $(bin) $(lib)/pkgconfig $(include) $(man1) $(bash) $(zsh) $(fish)
	$(INSTALL) -m 755 $(build)/flatline $(bin)/flatline
	$(INSTALL) -m 755 $(build)/libflatline.so $(lib)/libflatline.so.$(version)
	ln -sf libflatline.so.$(version) $(lib)/$(soname)
	ln -sf $(soname) $(lib)/libflatline.so
	$(INSTALL) -m 644 $(build)/libflatline.a $(lib)/libflatline.a
	$(INSTALL) -m 644 $(build)/flatline.pc $(lib)/pkgconfig/flatline.pc
	$(INSTALL) -m 644 $(header) $(include)/flatline.h
	$(INSTALL) -m 644 $(pluginHeader) $(include)/flatline_plugin.h
	$(INSTALL) -m 644 Documentation/flatline.1 $(man1)/flatline.1
	$(INSTALL) -m 644 $(build)/completions.bash $(bash)/flatline
	$(INSTALL) -m 644 $(build)/completions.zsh $(zsh)/_flatline
	$(INSTALL) -m 644 $(build)/completions.fish $(fish)/flatline.fish

uninstall:
	rm -f $(bin)/flatline $(lib)/libflatline.so.$(version) $(lib)/$(soname) $(lib)/libflatline.so \
	  $(lib)/libflatline.a $(lib)/pkgconfig/flatline.pc $(include)/flatline.h \
	  $(include)/flatline_plugin.h $(man1)/flatline.1 \
	  $(bash)/flatline $(zsh)/_flatline $(fish)/flatline.fish

clean:
	rm -rf $(build)
