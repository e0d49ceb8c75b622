// The ladder with a slider: one column is in front, and beside each question stands what was seen there. Without this
// script it is a plain table with what was seen as the title of each mark.
(() => {
    'use strict';

    function make(tag, properties = {}, ...children) {
        const element = Object.assign(document.createElement(tag), properties);
        element.append(...children);
        return element;
    }

    const fill = (text, values) => text.replace(/{(\w+)}/g, (_, name) => values[name]);

    class Ladder {
        constructor(box) {
            this.box = box;
            this.words = box.dataset; // all that a reader sees of this script, in the language of the page
            this.columns = [...box.querySelectorAll('thead th[data-subject]')];
            this.chapters = [...box.querySelectorAll('tr.chapter a')].map(link => link.textContent.replace(/^C/, 'c'));
            this.heads = this.columns.map(column => this.head(column));
            this.rows = [...box.querySelectorAll('tr[data-kind]')].map(row => this.row(row));
            box.classList.add('ladder-on');
            box.prepend(this.controls());
            box.addEventListener('click', event => this.click(event));
            this.show();
        }

        // The name of a column is a button: what a click on a mark shows can be had with Tab and Enter, too.
        head(column) {
            const button = make('button', { type: 'button' }, ...column.childNodes);
            column.append(button);
            return button;
        }

        row(element) {
            const cells = [...element.querySelectorAll('td')];
            const seen = make('span', { className: 'ladder-seen' });
            // The mark of the chosen column says the same, so that a screen reader does not hear it twice.
            seen.setAttribute('aria-hidden', 'true');
            element.querySelector('th').append(seen);
            const meanings = cells.map(cell => cell.firstElementChild.getAttribute('aria-label'));
            return { element, cells, seen, meanings, kind: element.dataset.kind };
        }

        controls() {
            this.slider = make('input', { type: 'range', min: 0, max: this.columns.length - 1, step: 1, value: 0 });
            this.slider.id = 'ladder-stage';
            this.slider.addEventListener('input', () => this.show());
            // Left and right turn the book's pages; here they move the slider.
            this.slider.addEventListener('keydown', event => {
                if (event.key.startsWith('Arrow')) event.stopPropagation();
            });
            const label = make('label', { textContent: this.words.textRuntime, htmlFor: this.slider.id });
            this.name = make('strong', { className: 'ladder-name' });
            this.count = make('span', { className: 'ladder-count' });
            const said = make('p', { className: 'ladder-said' }, this.name, this.count);
            said.setAttribute('role', 'status');
            return make('div', { className: 'ladder-controls' }, label, this.slider, said, this.filter());
        }

        filter() {
            const { textAll: all, textCheck: check, textAttack: attack } = this.words;
            const options = Object.entries({ all, check, attack })
                .map(([value, textContent]) => make('option', { value, textContent }));
            this.kinds = make('select', { id: 'ladder-kinds' }, ...options);
            this.kinds.addEventListener('change', () => this.show());
            const label = make('label', { textContent: this.words.textShow, htmlFor: this.kinds.id });
            return make('p', { className: 'ladder-filter' }, label, ' ', this.kinds);
        }

        // A click on a column puts it in front.
        click(event) {
            const cell = event.target.closest('td, thead th[data-subject]');
            if (!cell) return;
            this.slider.value = cell.cellIndex - 1;
            this.show();
        }

        // What a column is, for a reader who does not see it: "After chapter 4: Mounts of its own".
        title(column) {
            const subject = this.columns[column].dataset.subject;
            const stage = /^stage (\d+)$/.exec(subject)?.[1];
            if (stage) return fill(this.words.textAfter, { chapter: this.chapters[stage - 1] });
            return { bare: this.words.textBare, minicontainer: this.words.textFinished }[subject] ?? subject;
        }

        show() {
            const column = Number(this.slider.value);
            const kind = this.kinds.value;
            this.columns.forEach((head, i) => head.classList.toggle('chosen', i === column));
            this.heads.forEach((button, i) => button.setAttribute('aria-pressed', i === column));
            this.rows.forEach(row => this.showRow(row, column, kind));
            for (const group of this.box.querySelectorAll('tbody')) {
                group.hidden = !group.querySelector('tr[data-kind]:not([hidden])');
            }
            this.say(column, this.rows.filter(row => !row.element.hidden));
        }

        showRow({ element, cells, seen, meanings, kind }, column, wanted) {
            element.hidden = wanted !== 'all' && wanted !== kind;
            cells.forEach((cell, i) => {
                cell.classList.toggle('chosen', i === column);
                const text = i === column && cell.title ? `${meanings[i]}: ${cell.title}` : meanings[i];
                cell.firstElementChild.setAttribute('aria-label', text);
            });
            seen.textContent = cells[column].title;
        }

        // What does not apply cannot be closed.
        say(column, rows) {
            const has = verdict => rows.filter(row => row.cells[column].classList.contains(verdict)).length;
            const closed = has('passed');
            const title = this.title(column);
            this.slider.setAttribute('aria-valuetext', title);
            this.name.textContent = title;
            this.count.textContent = fill(this.words.textCount, { closed, all: closed + has('failed') });
        }
    }

    document.querySelectorAll('.ladder').forEach(box => new Ladder(box));
})();
