// Makes a form of each question of a quiz. Without this script every answer is a <details>, which opens with a click
// or with the keyboard and says whether it is right and why; the form is made from these, and on paper they are back.
(() => {
    'use strict';

    const KEY = 'minicontainer.quiz';

    const fill = (text, numbers) => text.replace(/{(\w+)}/g, (_, name) => numbers[name]);

    // What was answered, by "chapter/question": { tries, right }. A browser may forbid to remember anything.
    const memory = {
        load() {
            try {
                return JSON.parse(localStorage.getItem(KEY)) ?? {};
            } catch {
                return {};
            }
        },
        save(answered) {
            try {
                localStorage.setItem(KEY, JSON.stringify(answered));
            } catch {
                // The page works all the same, until it is left.
            }
        },
    };

    const answered = memory.load();

    function make(tag, properties = {}, ...children) {
        const element = Object.assign(document.createElement(tag), properties);
        element.append(...children);
        return element;
    }

    class Question {
        constructor(quiz, element) {
            this.quiz = quiz;
            this.words = quiz.words;
            this.element = element;
            this.key = `${quiz.chapter}/${element.dataset.question}`;
            this.several = element.dataset.several === 'true';
            this.answers = [...element.querySelectorAll(':scope > details.answer')];
            this.build();
            this.restore();
        }

        build() {
            const text = this.element.querySelector(':scope > p');
            text.id = `${this.element.id}-text`;
            const fieldset = make('fieldset', {}, ...this.answers.map((answer, i) => this.choice(answer, i)));
            fieldset.setAttribute('aria-labelledby', text.id);
            this.result = make('div', { className: 'quiz-result' });
            this.result.setAttribute('role', 'status');
            this.result.setAttribute('aria-live', 'polite');
            const check = make('button', { type: 'submit', className: 'quiz-check', textContent: this.words.textCheck });
            this.form = make('form', { className: 'quiz-form' }, fieldset, check, this.result);
            this.form.addEventListener('submit', event => {
                event.preventDefault();
                this.check();
            });
            // Left and right turn the book's pages; here they choose an answer.
            this.form.addEventListener('keydown', event => {
                if (event.key.startsWith('Arrow')) event.stopPropagation();
            });
            this.answers[0].before(this.form);
            this.others = make('p', { className: 'quiz-others', hidden: true, textContent: this.words.textOthers });
            this.form.after(this.others);
        }

        choice(answer, i) {
            const input = make('input', {
                type: this.several ? 'checkbox' : 'radio',
                name: `${this.element.id}-answer`,
                value: i,
            });
            const text = make('span', { innerHTML: answer.querySelector('summary').innerHTML });
            return make('label', { className: 'quiz-choice' }, input, text);
        }

        inputs() {
            return [...this.form.querySelectorAll('input')];
        }

        isRight(i) {
            return this.answers[i].dataset.right === 'true';
        }

        check() {
            const inputs = this.inputs();
            const chosen = inputs.flatMap((input, i) => (input.checked ? [i] : []));
            if (chosen.length === 0) {
                this.result.replaceChildren(make('p', { textContent: this.words.textChoose }));
                return;
            }
            const right = inputs.every((input, i) => input.checked === this.isRight(i));
            const before = answered[this.key];
            if (!before?.right) {
                answered[this.key] = { tries: (before?.tries ?? 0) + 1, right };
                memory.save(answered);
            }
            this.show(chosen, right);
            this.quiz.count();
        }

        // The verdict and the reason of each chosen answer.
        show(chosen, right) {
            const reasons = chosen.map(i => this.reason(i));
            const missing = !right && chosen.every(i => this.isRight(i));
            if (missing) reasons.push(make('p', { className: 'quiz-missing', textContent: this.words.textMissing }));
            this.result.dataset.right = right;
            this.result.replaceChildren(...reasons);
            this.others.hidden = !right;
            this.element.classList.toggle('is-right', right);
        }

        reason(i) {
            const nodes = [...this.answers[i].children].filter(child => child.tagName !== 'SUMMARY');
            const reason = make('div', { className: 'quiz-why' }, ...nodes.map(node => node.cloneNode(true)));
            reason.dataset.right = this.isRight(i);
            return reason;
        }

        restore() {
            if (!answered[this.key]?.right) return;
            const right = this.answers.flatMap((_, i) => (this.isRight(i) ? [i] : []));
            this.inputs().forEach((input, i) => { input.checked = right.includes(i); });
            this.show(right, true);
        }

        forget() {
            delete answered[this.key];
            this.form.reset();
            this.result.replaceChildren();
            delete this.result.dataset.right;
            this.others.hidden = true;
            this.element.classList.remove('is-right');
        }
    }

    class Quiz {
        constructor(element) {
            this.chapter = element.dataset.chapter;
            // All that a reader sees of this script, in the quiz's language: the print page has quizzes of several.
            this.words = element.dataset;
            this.score = make('p', { className: 'quiz-count' });
            this.score.setAttribute('role', 'status');
            this.score.setAttribute('aria-live', 'polite');
            this.again = make('button', { type: 'button', className: 'quiz-again', textContent: this.words.textAgain });
            this.again.addEventListener('click', () => this.restart());
            element.prepend(make('div', { className: 'quiz-score' }, this.score, this.again));
            element.classList.add('quiz-on');
            this.questions = [...element.querySelectorAll('.question')].map(question => new Question(this, question));
            this.count();
        }

        count() {
            const records = this.questions.map(question => answered[question.key]).filter(Boolean);
            const right = records.filter(record => record.right);
            const first = right.filter(record => record.tries === 1).length;
            const all = this.questions.length;
            this.score.textContent = right.length === 0
                ? fill(this.words.textNone, { all })
                : fill(this.words.textCount, { right: right.length, all, first });
            this.again.hidden = records.length === 0;
        }

        restart() {
            this.questions.forEach(question => question.forget());
            memory.save(answered);
            this.count();
            this.questions[0]?.inputs()[0]?.focus();
        }
    }

    document.querySelectorAll('.quiz').forEach(element => new Quiz(element));

    // On paper nothing can be opened, so all is open. The style sheet says so, too, for browsers that know how.
    const folded = 'main details:not([open])';
    let opened = [];
    addEventListener('beforeprint', () => {
        opened = [...document.querySelectorAll(folded)];
        opened.forEach(details => { details.open = true; });
    });
    addEventListener('afterprint', () => {
        opened.forEach(details => { details.open = false; });
        opened = [];
    });
})();
