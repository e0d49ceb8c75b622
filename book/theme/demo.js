// Gives each box of a demo a button that plays its recording. The player and the recording are loaded when somebody
// presses it, and not before. Without this script there is the demo in words.
(() => {
    'use strict';

    // This script is in theme/ of the book, wherever the book is.
    const root = new URL('..', document.currentScript.src);
    const PLAYER = 'vendor/asciinema-player/asciinema-player';
    const calm = matchMedia('(prefers-reduced-motion: reduce)');

    // Recordings arrive as scripts: a page that was opened as a file may load these and may not fetch anything.
    const recordings = new Map();
    globalThis.minicontainerRecording = (name, lines) => recordings.set(name, lines);

    const loading = new Map();
    function load(path) {
        if (!loading.has(path)) loading.set(path, add(path));
        return loading.get(path);
    }

    function add(path) {
        const url = new URL(path, root).href;
        const element = path.endsWith('.css')
            ? Object.assign(document.createElement('link'), { rel: 'stylesheet', href: url })
            : Object.assign(document.createElement('script'), { src: url });
        return new Promise((loaded, failed) => {
            element.addEventListener('load', loaded);
            element.addEventListener('error', () => {
                loading.delete(path); // so that another press tries again
                element.remove();
                failed(new Error(`${path} could not be loaded`));
            });
            document.head.append(element);
        });
    }

    class Demo {
        constructor(box) {
            this.box = box;
            this.name = box.dataset.demo;
            this.words = box.dataset; // all that a reader sees of this script, in the language of the page
            this.button = document.createElement('button');
            this.button.type = 'button';
            this.button.className = 'demo-play';
            this.title = box.querySelector('strong').textContent;
            this.place = document.createElement('div');
            this.place.className = 'demo-player';
            this.place.addEventListener('keydown', event => this.key(event), true);
            this.place.addEventListener('keydown', event => this.sharedKey(event));
            this.status = document.createElement('p');
            this.status.className = 'demo-status';
            this.status.setAttribute('role', 'status');
            this.button.addEventListener('click', () => (this.player ? this.close() : this.play()));
            box.querySelector('details').before(this.button, this.status, this.place);
            this.label();
        }

        label() {
            const words = this.player ? this.words.textClose : this.words.textPlay;
            this.button.textContent = `${this.player ? '✕' : '▶'} ${words}`;
            this.button.setAttribute('aria-label', `${words}: ${this.title}`);
            this.box.classList.toggle('is-playing', Boolean(this.player));
        }

        async play() {
            this.button.disabled = true;
            this.status.textContent = this.words.textLoading;
            try {
                await Promise.all([load(`${PLAYER}.css`), load(`${PLAYER}.min.js`), load(`demos/${this.name}.js`)]);
                this.status.textContent = '';
                this.open();
            } catch (error) {
                this.status.textContent = this.words.textFailed;
                console.error(error);
            } finally {
                this.button.disabled = false;
            }
        }

        open() {
            const options = {
                fit: 'width',
                controls: true,
                idleTimeLimit: 3,
                preload: true,
                poster: 'npt:2',
                autoPlay: !calm.matches,
                cursorMode: calm.matches ? 'steady' : 'blinking',
                pauseOnMarkers: calm.matches, // a step at a time, each when the reader wants it
                terminalFontFamily: 'var(--mono-font), monospace',
            };
            this.player = AsciinemaPlayer.create({ data: recordings.get(this.name) }, this.place, options);
            this.label();
            this.place.querySelector('.ap-wrapper')?.focus();
        }

        close() {
            this.player.dispose();
            this.player = undefined;
            this.place.replaceChildren();
            this.label();
            this.button.focus();
        }

        // Escape leaves full screen (the browser's affair), closes the player's help, and then the player.
        key(event) {
            if (event.key !== 'Escape' || document.fullscreenElement) return;
            if (this.place.querySelector('.ap-overlay-help')) return;
            event.stopPropagation();
            this.close();
        }

        // The book turns pages with the arrow keys and has a help of its own. Inside of the player they are the player's,
        // which listens on the document as the book does, so that nobody could stop the one without the other.
        sharedKey(event) {
            if (event.altKey || event.ctrlKey || event.metaKey) return;
            const step = { ArrowLeft: '<<', ArrowRight: '>>' }[event.key];
            if (!step && event.key !== '?') return;
            event.stopPropagation();
            event.preventDefault();
            if (step) this.player.seek(event.shiftKey ? step + step[0] : step);
            else this.place.querySelector('.ap-kbd-button')?.click();
        }
    }

    document.querySelectorAll('.demo[data-demo]').forEach(box => new Demo(box));
})();
